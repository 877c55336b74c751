-- The posts of a segment's members (A1).

insert into asset.kinds (kind, item_kind, param_types, description)
values ('post_corpus_for_segment', 'post', '{"source": "segment"}', 'The posts by the members of a segment.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.post_corpus_for_segment_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select 'source', p_params -> 'source' ->> 'kind', p_params -> 'source' -> 'params';
$$;
comment on function asset.post_corpus_for_segment_dependencies(jsonb) is 'The segment.';

create or replace function asset.post_corpus_for_segment_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  stable
as $$
  select 'posts', i.item_id, asset.has_member(p_instance_id, 'source', i.item_id), true
  from (select distinct item_id from asset.moved_items(p_instance_id, 'source', not p_only_moved)) as i;
$$;
comment on function asset.post_corpus_for_segment_needs(bigint, jsonb, boolean) is
  'The posts of each member of the pinned membership (A5); an author whose posts X does not show holds nobody up.';

create or replace function asset.post_corpus_for_segment_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- All posts of authors who came or went; of authors who stayed, the posts that changed.
  with moved as materialized (
    select a.author_id, asset.has_member(p_instance_id, 'source', a.author_id) as belongs
    from (select distinct item_id as author_id from asset.moved_items(p_instance_id, 'source', p_from is null)) as a
  ), stayed as materialized (
    select m.subject_id as author_id
    from (select distinct subject_id from asset.marks where instance_id = p_instance_id and subject_id is not null) as m
    where p_from is not null
      and not exists (select from moved as a where a.author_id = m.subject_id)
      and asset.has_member(p_instance_id, 'source', m.subject_id)
  )
  select p.post_id, a.belongs and graph.is_post_alive_at(p, p_to)
  from moved as a
  join graph.posts as p using (author_id)
  union all
  select p.post_id, graph.is_post_alive_at(p, p_to)
  from (
    select distinct c.post_id
    from stayed as a
    join graph.post_changes as c using (author_id)
    where c.change_id > p_from and c.change_id <= p_to
  ) as c
  join graph.posts as p using (post_id);
$$;
comment on function asset.post_corpus_for_segment_candidates(bigint, jsonb, bigint, bigint) is 'Posts that are there, by authors who are in the pinned segment.';
