create or replace function ingest.start_searches(p_author_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := base.setting_integer('search.query_length');
  v_run_ids bigint[];
  v_batch bigint[] := array[]::bigint[];
  v_since timestamptz;
  v_share timestamptz;
  v_next record;
begin
  -- What a search brings again because others were polled before is free where it was bought on this UTC day.
  for v_next in
    select s.author_id, s.polled_at,
           case when s.polled_at >= date_trunc('day', base.now(), 'UTC') then 'infinity'
                else date_bin(base.setting_interval('search.spread'), s.polled_at, 'epoch') end as share
    from ingest.find_searchable(p_author_ids) as s
    order by share, s.polled_at, s.author_id
  loop
    if v_next.share <> v_share or cardinality(v_batch) = 100 or length(ingest.x_v2_search_query(v_batch || v_next.author_id)) > v_limit then
      v_run_ids := v_run_ids || ingest.start_search(v_batch, v_since);
      v_batch := '{}';
    end if;
    if v_batch = '{}' then
      v_since := v_next.polled_at;
      v_share := v_next.share;
    end if;
    v_batch := v_batch || v_next.author_id;
  end loop;
  if v_batch <> '{}' then
    v_run_ids := v_run_ids || ingest.start_search(v_batch, v_since);
  end if;
  perform ingest.open_calls(v_run_ids);
end;
$$;
comment on function ingest.start_searches(bigint[]) is
  'Starts searches for the posts of those of these authors who can be searched for, as few as search.query_length and the times of their last polls allow.';
