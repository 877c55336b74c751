-- I2: a token that was met before is found at once, among ten thousand pages.
begin;
select plan(5);

select test.x_sync('followers', 7) as run, test.x_sync('followers', 8) as other \gset
insert into ingest.pages (run_id, page_no, call_id, item_ids, next_token, changed_count, received_at)
select :run, n, 0, '{}', 'token ' || n, 0, base.now() from generate_series(1, 10000) as n;
analyze ingest.pages;

select matches(test.plan_of(format($$ select from ingest.pages
  where run_id = %s and hashtextextended(next_token, 0) = hashtextextended('token 77', 0) and next_token = 'token 77' and page_no >= 1 and page_no < 10000 $$, :run)),
  'pages_next_token_idx', 'E5: by its index');
select ok(ingest.leads_back(r, 10001, 'token 77'), 'a token that led on from an earlier page') from ingest.runs as r where run_id = :run;
select ok(not ingest.leads_back(r, 10001, 'token 10001'), 'one that did not') from ingest.runs as r where run_id = :run;
select ok(not ingest.leads_back(r, 10001, 'token 77'), 'nor in another run') from ingest.runs as r where run_id = :other;
update ingest.runs set first_page = 78 where run_id = :run;
select ok(not ingest.leads_back(r, 10001, 'token 77'), 'nor in the sweep before a restart') from ingest.runs as r where run_id = :run;

select * from finish();
rollback;
