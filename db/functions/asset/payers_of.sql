create or replace function asset.payers_of(p_run ingest.runs)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  return (
    with subjects as materialized (
      -- Profiles are looked up for whoever needs anything of the user, posts for those who need their author's.
      select k.sync_kind, i.subject_id
      from (
        select unnest(coalesce(p_run.item_ids, array[p_run.subject_id])) as subject_id where p_run.sync_kind not in ('post_lookup', 'handles')
        union
        select author_id from graph.posts where p_run.sync_kind = 'post_lookup' and post_id = any (p_run.item_ids)
      ) as i
      cross join lateral (
        select s.sync_kind
        from ingest.sync_kinds as r join ingest.sync_kinds as s on s.serves = s.sync_kind
        where r.sync_kind = p_run.sync_kind and (r.sync_kind = 'users' or s.sync_kind = coalesce(r.serves, 'posts'))
      ) as k
    ), consumers as (
      select distinct n.consumer_id
      from subjects as s
      cross join lateral (select consumer_id from ingest.needs where sync_kind = s.sync_kind and subject_id = s.subject_id offset 0) as n
    )
    select coalesce(array_agg(distinct w.root_id order by w.root_id), '{}')
    from consumers as c
    cross join lateral asset.roots_of(c.consumer_id) as w (root_id));
end;
$$;
comment on function asset.payers_of(ingest.runs) is 'The enabled roots that wait for what a run brings: they share its cost (I8). Empty where nobody needs it.';
