create or replace function ingest.set_subscription(p_user_id bigint, p_event_types text[])
  returns text[]
  language plpgsql
  volatile
as $$
declare
  v_strange text;
  -- One of the two alone tells of half the changes, and so of no list.
  v_lists constant text[] := case when p_event_types @> '{follow.follow,follow.unfollow}' then array['followers', 'following'] else array[]::text[] end;
begin
  perform base.check_id(p_user_id, 'user');
  select coalesce(t, 'null') into v_strange from unnest(p_event_types) as t
  where (t in ('follow.follow', 'follow.unfollow', 'post.create', 'post.delete') or t ~ '^profile\.update\.[a-z_]+$') is not true limit 1;
  if p_event_types is null or v_strange is not null then
    raise exception 'there is no type of event %', coalesce(quote_literal(v_strange), 'null')
      using errcode = 'RK041', hint = 'The types are follow.follow, follow.unfollow, post.create, post.delete and profile.update.*; {} is none of them.';
  end if;
  delete from ingest.subscriptions where subject_id = p_user_id and sync_kind <> all (v_lists);
  insert into ingest.subscriptions (sync_kind, subject_id, connected_at)
  select l, p_user_id, base.now() from unnest(v_lists) as l
  on conflict (sync_kind, subject_id) do nothing;
  return v_lists;
end;
$$;
comment on function ingest.set_subscription(bigint, text[]) is 'See api.subscription_set.';
