-- W3, I9: a list of which X tells every follow and unfollow is not read, while a daily look at the counts agrees with what events told; when it does
-- not, the list is read as ever. It is read in full when that is due by age (I3).
begin;
select plan(22);

select simulation.set_now('2026-11-01 12:00+00') \g /dev/null
select test.enable('segment_followers', '7') \g /dev/null
-- Answers the looks and the reads of some hours, six at a time; tells which runs there were.
create function pg_temp.live(p_hours integer, p_count bigint, p_followers bigint[]) returns text language plpgsql as $$
declare
  v_last_id bigint := (select coalesce(max(run_id), 0) from ingest.runs);
  v_calls jsonb;
  v_call jsonb;
begin
  for v_step in 1 .. p_hours / 6 loop
    perform simulation.advance('6 hours');
    loop
      v_calls := test.tick();
      exit when v_calls = '[]';
      for v_call in select jsonb_array_elements(v_calls) loop
        perform test.respond((v_call ->> 'call_id')::bigint, case when v_call ->> 'path' = '/2/users'
          then test.page(jsonb_build_array(test.user_object(7) || jsonb_build_object('public_metrics', jsonb_build_object('followers_count', p_count))))
          else test.users_page(p_followers) end);
      end loop;
    end loop;
  end loop;
  return (select string_agg(r.sync_kind || ' ' || r.reason, ', ' order by r.run_id) from ingest.runs as r where r.run_id > v_last_id);
end;
$$;

select is(pg_temp.live(6, 3, '{1,2,3}'), 'followers first, users profile', 'I3: at first all is read');
select api.subscription_set(7, '{follow.follow,follow.unfollow}') \g /dev/null
select is(pg_temp.live(6, 3, '{1,2,3}'), 'followers due, users profile', 'W3: a list that was connected just now is read');
select is((select trusted_until from api.subscriptions where sync_kind = 'followers'), null, 'W3: and not trusted, since one look tells nothing');

select test.x_follow('follow', 4, 7), test.x_follow('unfollow', 1, 7) \g /dev/null
select is(pg_temp.live(6, 3, '{}'), 'followers told, users profile', 'W3: the second agrees with what events told, so the list is fresh without being read');
select is((select resources from api.runs where reason = 'told'), 0::bigint, 'I9: the look is all that is bought');
select is((select trusted_until from api.subscriptions where sync_kind = 'followers'), base.now() + interval '24 hours', 'W3: and trusted from then on');
select is(test.x_followers(7), '{2,3,4}', 'W3: the edges are as told');

select is(pg_temp.live(18, 3, '{}'), 'followers told, followers told, followers told', 'I9: for a day nothing is bought');
select is((select sum(resources) from api.runs where reason = 'told'), 0::numeric, 'I9: nothing at all');
select is((select fresh_at from ingest.subjects where sync_kind = 'followers'), base.now(), 'A5: and the list is fresh');
select ok(exists (select from test.says(api.why_run((select max(run_id) from api.runs))) as s where s like '%a subscription tells of every change of this list, so it was not read'),
  'G7: why_run says why');
select is((select count(*) from api.decisions where kind = 'events_disagree'), 0::bigint, 'E3: there is nothing to say');

-- An event is lost
select is(pg_temp.live(6, 5, '{6,5,4,3,2}'), 'followers due, users profile', 'W3: a look a day finds that an event was lost, and the list is read');
select results_eq($$ select about, detail ->> 'counted', detail ->> 'told' from api.decisions where kind = 'events_disagree' $$,
  $$ values ('followers of 7', '2', '0') $$, 'E3: it is said');
select is(test.x_followers(7), '{2,3,4,5,6}', 'W3: so nothing is missing');
select is(pg_temp.live(6, 5, '{6,5,4,3,2}'), 'followers due, users profile', 'W3: what the read found was not told, so the next look does not agree either');
select is(pg_temp.live(12, 5, '{}'), 'followers told, users profile, followers told', 'W3: the one after that does, and events are trusted again');

-- By age, and by wish
select ok(pg_temp.live(108, 5, '{6,5,4,3,2}') like '%followers reconcile%', 'I3: after a week the list is read in full all the same');
select test.x_sync('followers', 7, 'incremental') as asked \gset
select is((select reason from ingest.runs where run_id = :asked), 'requested', 'what somebody asks for is read');
select pg_temp.live(6, 5, '{6,5,4,3,2}') \g /dev/null
select ok((select page_count > 0 from ingest.runs where run_id = :asked), 'from X');
select api.subscription_set(7, '{}') \g /dev/null
select ok(pg_temp.live(12, 5, '{6,5,4,3,2}') not like '%told%', 'W3: without a subscription it is polled');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
