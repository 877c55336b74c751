create or replace function ingest.record_missing(p_run ingest.runs, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_resource constant text := case p_run.sync_kind when 'users' then 'user' when 'handles' then 'handle' else 'post' end;
  v_keys text[];
  v_reasons text[];
begin
  -- What was asked for and did not come, or could not be read, with X's reason where it gave one. A protected user's profile does come.
  select array_agg(asked.item_key), array_agg(coalesce(m.reason, 'not_returned'))
  into v_keys, v_reasons
  from (select i::text as item_key from unnest(p_run.item_ids) as i union all select lower(h) from unnest(p_run.handles) as h) as asked
  left join (select distinct on (lower(item_key collate "C")) lower(item_key collate "C") as item_key, reason
             from unnest(p_answer.missing_keys, p_answer.missing_reasons) as m (item_key, reason)) as m using (item_key)
  where asked.item_key not in (select u.user_id::text from unnest(p_answer.profiles) as u)
    and asked.item_key not in (select p.post_id::text from unnest(p_answer.posts) as p)
    and asked.item_key not in (select lower(u.handle) from unnest(p_answer.profiles) as u where u.handle is not null);

  delete from ingest.missing as m
  using (select i::text as item_key from unnest(p_answer.item_ids) as i where v_resource <> 'handle'
         union all select lower(u.handle) from unnest(p_answer.profiles) as u where v_resource = 'handle') as found
  where m.resource = v_resource and m.item_key = found.item_key;
  insert into ingest.missing as m (resource, item_key, reason, first_at, last_at, ask_again_at)
  select v_resource, k.item_key, k.reason, base.now(), base.now(), base.now() + base.setting_interval('subject.recheck')
  from unnest(v_keys, v_reasons) as k (item_key, reason)
  on conflict (resource, item_key) do update set reason = excluded.reason, last_at = excluded.last_at, ask_again_at = excluded.ask_again_at;

  if v_resource = 'user' then
    perform graph.mark_users_gone(array_agg(k.item_key::bigint), array_agg(k.reason), p_run.run_id)
    from unnest(v_keys, v_reasons) as k (item_key, reason) where k.reason in ('suspended', 'not_found')
    having count(*) > 0;
  elsif v_resource = 'post' then
    update ingest.runs set removed_count = removed_count + graph.remove_posts(
      array(select k.item_key::bigint from unnest(v_keys, v_reasons) as k (item_key, reason) where k.reason = 'not_found'), p_run.run_id)
    where run_id = p_run.run_id;
  end if;
end;
$$;
comment on function ingest.record_missing(ingest.runs, ingest.answer) is
  'Of a look-up: what X did not return, and why (I6); users it names as gone are marked (G4), and posts it does not find die (G4).';
