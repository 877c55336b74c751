create or replace function ingest.find_searchable(p_author_ids bigint[])
  returns table (author_id bigint, polled_at timestamptz)
  language plpgsql
  stable
as $$
begin
  if base.setting_text('posts.search') = 'never' or base.setting_text('posts.retweets') = 'include' or not ingest.x_v2_can_search() then
    return;
  end if;
  -- A search passes over those whom X does not show without a word, and one bad author spoils it for all: such ones are asked for singly.
  return query
    select s.subject_id, s.polled_at
    from unnest(p_author_ids) as i (author_id)
    cross join lateral (select * from ingest.subjects where sync_kind = 'posts' and subject_id = i.author_id limit 1) as s
    cross join lateral (select * from graph.users where user_id = i.author_id limit 1) as u
    cross join lateral ingest.windows_of('posts', i.author_id) as w
    where s.full_at is not null
      and (coalesce(ingest.reconcile_at(s.full_at, w.fresh_within, w.reconcile_within) > base.now(), true) or s.full_retry_at > base.now())
      and s.polled_at > base.now() - base.setting_interval('search.window')
      and s.refused_at is null and s.failure_count = 0
      and u.deleted_at is null and u.is_protected is not true;
end;
$$;
comment on function ingest.find_searchable(bigint[]) is
  'Of these authors, those whose next poll can be a search, and when the last was: their timeline was read in full, and within search.window they were polled without a hitch (I5).';
