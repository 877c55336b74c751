create or replace function asset.payers_of(p_run ingest.runs)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  return (
    with subjects as materialized (
      -- Profiles are looked up for whoever needs anything of the user, posts for those who need their author's.
      select case when p_run.sync_kind in ('users', 'post_lookup') then k.sync_kind else p_run.sync_kind end as sync_kind, i.subject_id
      from (
        select unnest(coalesce(p_run.item_ids, array[p_run.subject_id])) as subject_id where p_run.sync_kind not in ('post_lookup', 'handles')
        union
        select author_id from graph.posts where p_run.sync_kind = 'post_lookup' and post_id = any (p_run.item_ids)
      ) as i
      cross join lateral (
        select sync_kind from ingest.sync_kinds
        where case p_run.sync_kind when 'users' then freshness_setting is not null when 'post_lookup' then sync_kind = 'posts' else sync_kind = p_run.sync_kind end
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
