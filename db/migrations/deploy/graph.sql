-- Deploy rookery:graph to pg

begin;
set local check_function_bodies = off;

-- source: db/schema/30_graph.sql
-- The graph: users, who follows whom, posts, and the log of every change to them. It knows nothing of calls, runs or assets: a run or an
-- event is a number that it was given (G7).
--
-- One transaction at a time writes here (graph.lock_writer()), so the order of change_id is the order of commits: whoever has read the log up to
-- a number has seen every change up to it.

set local role rookery_owner;

create schema graph;
comment on schema graph is 'Users, follows, posts, and the log of their changes.';

create sequence graph.change_ids;
comment on sequence graph.change_ids is 'One numbering for all change logs: a position in it is a moment of the whole graph.';

-- Users ------------------------------------------------------------------------------------------------------------------------------------

create table graph.users (
  user_id bigint not null,
  handle text collate "C",
  name text,
  description text,
  location text,
  url text,
  image_url text,
  is_verified boolean,
  verified_type text,
  is_protected boolean,
  joined_at timestamptz,
  deleted_at timestamptz,
  gone_reason text,
  constraint users_pkey primary key (user_id),
  constraint user_id_is_an_x_id check (user_id > 0),
  constraint handle_is_not_empty check (handle <> ''),
  constraint gone_reason_is_known check (gone_reason in ('suspended', 'deactivated', 'not_found')),
  constraint only_a_deleted_user_has_a_gone_reason check (gone_reason is null or deleted_at is not null)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table graph.users is 'Users of whom a payload arrived (G2): the profile as last seen; of who was forgotten, the number.';
comment on column graph.users.handle is 'The name behind the @, in its display form; null when somebody else was seen with it since (G3).';
comment on column graph.users.joined_at is 'When the account was made, as X says.';
comment on column graph.users.deleted_at is 'When X was found not to show this user any more; cleared when seen again (G4).';
comment on column graph.users.gone_reason is 'Why, where X said so.';
create unique index a_handle_has_one_holder on graph.users (lower(handle));

create table graph.user_counts (
  user_id bigint not null,
  followers_count bigint,
  following_count bigint,
  post_count bigint,
  listed_count bigint,
  payload_hash bigint,
  run_id bigint,
  constraint user_counts_pkey primary key (user_id),
  constraint user_counts_user_id_fkey foreign key (user_id) references graph.users
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
comment on table graph.user_counts is 'A profile''s counts as last seen. Apart from the profile, because they move with nearly every look.';
comment on column graph.user_counts.payload_hash is
  'The hash of the payload that made user and counts what they are: the same payload again says nothing new. Null when anything else did.';
comment on column graph.user_counts.run_id is 'The run that changed them last; null for an event.';

create table graph.recounts (
  change_id bigint not null default nextval('graph.change_ids'),
  user_ids bigint[] not null,
  run_id bigint,
  constraint recounts_pkey primary key (change_id),
  constraint a_recount_names_users check (user_ids <> '{}')
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table graph.recounts is
  'Whose counts moved, a page a row: numbered like the logs, but no log. Counts move with nearly every look, so whoever reads on in the logs takes these rows away.';
comment on column graph.recounts.run_id is 'The run that moved them; null for an event.';

create table graph.handle_changes (
  user_id bigint not null,
  change_id bigint not null default nextval('graph.change_ids'),
  old_handle text collate "C",
  new_handle text collate "C",
  run_id bigint,
  event_id bigint,
  changed_at timestamptz not null,
  constraint handle_changes_pkey primary key (user_id, change_id),
  constraint a_transition_changes_the_handle check (old_handle is distinct from new_handle),
  constraint handle_change_has_one_origin check (num_nonnulls(run_id, event_id) = 1)
);
comment on table graph.handle_changes is 'Every transition of a user''s handle after the first sight (G3). Append-only, but for users who are forgotten.';
create index handle_changes_old_handle_idx on graph.handle_changes (lower(old_handle));
create index handle_changes_change_id_idx on graph.handle_changes (change_id);

create table graph.user_changes (
  user_id bigint not null,
  change_id bigint not null default nextval('graph.change_ids'),
  change text not null,
  run_id bigint,
  event_id bigint,
  changed_at timestamptz not null,
  gone_reason text,
  constraint user_changes_pkey primary key (user_id, change_id),
  constraint user_change_is_known check (change in ('added', 'changed', 'removed', 'revived', 'forgotten')),
  constraint user_change_has_one_origin check (num_nonnulls(run_id, event_id) = case change when 'forgotten' then 0 else 1 end),
  constraint only_a_removal_has_a_gone_reason check (gone_reason is null or change = 'removed')
);
comment on table graph.user_changes is
  'The log of users: first seen, profile changed (counts apart), gone, seen again; forgotten, which is neither a run''s nor an event''s doing. Append-only.';
comment on column graph.user_changes.gone_reason is 'Of a removal: why, where X said so; graph.users forgets it when the user is seen again.';
create index user_changes_change_id_idx on graph.user_changes (change_id);

create table graph.forgotten_users (
  user_id bigint not null,
  forgotten_at timestamptz not null,
  constraint forgotten_users_pkey primary key (user_id),
  constraint forgotten_users_user_id_fkey foreign key (user_id) references graph.users
);
comment on table graph.forgotten_users is 'Users of whom nothing but numbers is kept, whatever a payload says: a person, or X, asked for it.';

-- Follows ----------------------------------------------------------------------------------------------------------------------------------

create table graph.follows (
  target_id bigint not null,
  follower_id bigint not null,
  change_id bigint not null,
  first_seen_at timestamptz not null,
  deleted_at timestamptz,
  constraint follows_pkey primary key (target_id, follower_id),
  constraint follows_target_id_fkey foreign key (target_id) references graph.users,
  constraint follows_follower_id_fkey foreign key (follower_id) references graph.users,
  constraint nobody_follows_themselves check (target_id <> follower_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table graph.follows is 'Who follows whom, as last seen. X gives no date of a follow: first_seen_at is ours.';
comment on column graph.follows.change_id is 'The last change of this edge in graph.follow_changes.';
comment on column graph.follows.deleted_at is 'When the edge was found gone; cleared when seen again (G4).';
create index follows_follower_id_idx on graph.follows (follower_id, target_id);

create table graph.follow_changes (
  target_id bigint not null,
  change_id bigint not null default nextval('graph.change_ids'),
  follower_id bigint not null,
  change text not null,
  run_id bigint,
  event_id bigint,
  changed_at timestamptz not null,
  constraint follow_changes_pkey primary key (target_id, change_id),
  constraint follow_change_is_known check (change in ('added', 'removed', 'revived')),
  constraint follow_change_has_one_origin check (num_nonnulls(run_id, event_id) = 1)
);
comment on table graph.follow_changes is 'The log of follows. Append-only; everything downstream reads this, not the edges.';
create index follow_changes_follower_id_idx on graph.follow_changes (follower_id, change_id);
create index follow_changes_change_id_idx on graph.follow_changes (change_id);

-- Posts ------------------------------------------------------------------------------------------------------------------------------------

create table graph.posts (
  post_id bigint not null,
  author_id bigint not null,
  posted_at timestamptz not null,
  text text,
  lang text,
  conversation_id bigint,
  in_reply_to_user_id bigint,
  change_id bigint not null,
  deleted_at timestamptz,
  constraint posts_pkey primary key (post_id),
  constraint posts_author_id_fkey foreign key (author_id) references graph.users,
  constraint post_id_is_an_x_id check (post_id > 0),
  constraint a_deleted_post_says_nothing check (deleted_at is null or text is null)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table graph.posts is 'Posts of which a payload arrived (G2). Author and time never change (G6).';
comment on column graph.posts.text is 'Null once X shows it no more (deleted, or its author is gone, protected or forgotten), until it is seen again.';
comment on column graph.posts.change_id is 'The last change of this post in graph.post_changes.';
comment on column graph.posts.deleted_at is 'When there was evidence that X does not show it any more (G4); cleared when seen again.';
create index posts_author_id_idx on graph.posts (author_id, post_id);

create table graph.post_counts (
  post_id bigint not null,
  like_count bigint,
  repost_count bigint,
  reply_count bigint,
  quote_count bigint,
  constraint post_counts_pkey primary key (post_id),
  constraint post_counts_post_id_fkey foreign key (post_id) references graph.posts
) with (fillfactor = 70);
comment on table graph.post_counts is 'A post''s counts as last seen.';

create table graph.post_changes (
  author_id bigint not null,
  change_id bigint not null default nextval('graph.change_ids'),
  post_id bigint not null,
  change text not null,
  run_id bigint,
  event_id bigint,
  changed_at timestamptz not null,
  constraint post_changes_pkey primary key (author_id, change_id),
  constraint post_change_is_known check (change in ('added', 'changed', 'removed', 'revived')),
  constraint post_change_has_one_origin check (num_nonnulls(run_id, event_id) = 1)
);
comment on table graph.post_changes is 'The log of posts (counts apart). Append-only.';
create index post_changes_change_id_idx on graph.post_changes (change_id);
create index post_changes_post_id_idx on graph.post_changes (post_id, change_id);

-- What a payload says ------------------------------------------------------------------------------------------------------------------------

create type graph.profile as (
  user_id bigint,
  handle text collate "C",
  name text,
  description text,
  location text,
  url text,
  image_url text,
  is_verified boolean,
  verified_type text,
  is_protected boolean,
  joined_at timestamptz,
  followers_count bigint,
  following_count bigint,
  post_count bigint,
  listed_count bigint,
  payload_hash bigint
);
comment on type graph.profile is 'A user as a payload shows it. Null handle, flags, joined_at and counts mean: not said; null texts mean: has none. payload_hash: of the payload as it came, or null.';

create type graph.post as (
  post_id bigint,
  author_id bigint,
  posted_at timestamptz,
  text text,
  lang text,
  conversation_id bigint,
  in_reply_to_user_id bigint,
  like_count bigint,
  repost_count bigint,
  reply_count bigint,
  quote_count bigint
);
comment on type graph.post is 'A post as a payload shows it. Null author: not said; null counts: not said.';

-- source: db/functions/graph/changes_of_item.sql
create or replace function graph.changes_of_item(p_item_kind text, p_item_id bigint, p_follower_id bigint default null)
  returns table (change_id bigint, change text, run_id bigint, event_id bigint, changed_at timestamptz)
  language sql
  stable
as $$
  select change_id, change, run_id, event_id, changed_at from graph.user_changes where p_item_kind = 'user' and user_id = p_item_id
  union all
  select change_id, change, run_id, event_id, changed_at from graph.post_changes where p_item_kind = 'post' and post_id = p_item_id
  union all
  -- By the follower: nobody follows as many as may follow one.
  select change_id, change, run_id, event_id, changed_at from graph.follow_changes
  where p_item_kind = 'follow' and follower_id = p_follower_id and target_id = p_item_id
  order by change_id;
$$;
comment on function graph.changes_of_item(text, bigint, bigint) is 'The log of one user, post or follow (its target and its follower), from the first change to the last (G7).';

-- source: db/functions/graph/changes_of_list.sql
create or replace function graph.changes_of_list(p_list text, p_user_id bigint, p_after bigint, p_until bigint, p_limit integer)
  returns table (change_id bigint, item_id bigint, change text, run_id bigint, event_id bigint, changed_at timestamptz)
  language sql
  stable
as $$
  (select change_id, follower_id, change, run_id, event_id, changed_at from graph.follow_changes
   where p_list = 'followers' and target_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit)
  union all
  (select change_id, target_id, change, run_id, event_id, changed_at from graph.follow_changes
   where p_list = 'following' and follower_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit)
  union all
  (select change_id, post_id, change, run_id, event_id, changed_at from graph.post_changes
   where p_list = 'posts' and author_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit)
  union all
  (select change_id, user_id, change, run_id, event_id, changed_at from graph.user_changes
   where p_list = 'users' and user_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit);
$$;
comment on function graph.changes_of_list(text, bigint, bigint, bigint, integer) is
  'The changes between two positions to a user''s followers, following or posts (of `users`: to the profile), at most p_limit, the newest.';

-- source: db/functions/graph/drop_forgotten_posts.sql
create or replace function graph.drop_forgotten_posts(p_posts graph.post[])
  returns graph.post[]
  language plpgsql
  stable
as $$
begin
  -- Mostly nobody was ever forgotten, which is told at once.
  if not exists (select from graph.forgotten_users) then
    return p_posts;
  end if;
  return array(
    select case when f.user_id is null then s.p
                else row((s.p).post_id, (s.p).author_id, (s.p).posted_at, null, null, null, null, null, null, null, null)::graph.post end
    from (select u as p from unnest(p_posts) as u) as s
    left join lateral (select author_id from graph.posts where post_id = (s.p).post_id limit 1) as o on true
    left join lateral (select user_id from graph.forgotten_users where user_id = coalesce(o.author_id, (s.p).author_id) limit 1) as f on true);
end;
$$;
comment on function graph.drop_forgotten_posts(graph.post[]) is 'The same posts; of those by users who were forgotten, number, author and time.';

-- source: db/functions/graph/drop_forgotten_profiles.sql
create or replace function graph.drop_forgotten_profiles(p_profiles graph.profile[])
  returns graph.profile[]
  language plpgsql
  stable
as $$
begin
  -- Mostly nobody was ever forgotten, which is told at once.
  if not exists (select from graph.forgotten_users) then
    return p_profiles;
  end if;
  return array(
    select case when f.user_id is null then p_profiles[i]
                else jsonb_populate_record(null::graph.profile, jsonb_build_object('user_id', f.user_id, 'is_protected', (p_profiles[i]).is_protected)) end
    from generate_subscripts(p_profiles, 1) as i
    left join lateral (select user_id from graph.forgotten_users where user_id = (p_profiles[i]).user_id limit 1) as f on true
    order by i);
end;
$$;
comment on function graph.drop_forgotten_profiles(graph.profile[]) is
  'The same profiles; of users who were forgotten, the number, and whether they are protected, which says what can be bought.';

-- source: db/functions/graph/find_change.sql
create or replace function graph.find_change(p_change_id bigint)
  returns table (says text, run_id bigint, event_id bigint, changed_at timestamptz)
  language sql
  stable
as $$
  select format('user %s %s', user_id, change), run_id, event_id, changed_at from graph.user_changes where change_id = p_change_id
  union all
  select format('follow of %s by %s %s', target_id, follower_id, change), run_id, event_id, changed_at
  from graph.follow_changes where change_id = p_change_id
  union all
  select format('post %s by %s %s', post_id, author_id, change), run_id, event_id, changed_at from graph.post_changes where change_id = p_change_id;
$$;
comment on function graph.find_change(bigint) is 'What changed at a position of the graph, and whose doing it was; no row when no user, follow or post did.';

-- source: db/functions/graph/forget_user.sql
create or replace function graph.forget_user(p_user_id bigint, out handles text[], out post_count integer)
  language plpgsql
  volatile
as $$
begin
  insert into graph.forgotten_users (user_id, forgotten_at) values (p_user_id, base.now()) on conflict (user_id) do nothing;
  handles := array(
    select handle from graph.users where user_id = p_user_id and handle is not null
    union
    select h.handle from graph.handle_changes as c cross join unnest(array[c.old_handle, c.new_handle]) as h (handle)
    where c.user_id = p_user_id and h.handle is not null);
  delete from graph.handle_changes where user_id = p_user_id;
  update graph.users set handle = null, name = null, description = null, location = null, url = null, image_url = null, is_verified = null,
                         verified_type = null, joined_at = null
  where user_id = p_user_id;
  update graph.user_counts set followers_count = null, following_count = null, post_count = null, listed_count = null, payload_hash = null
  where user_id = p_user_id;
  insert into graph.recounts (user_ids) values (array[p_user_id]);
  delete from graph.post_counts as c using graph.posts as o where o.author_id = p_user_id and c.post_id = o.post_id;
  update graph.posts set text = null, lang = null, conversation_id = null, in_reply_to_user_id = null where author_id = p_user_id;
  get diagnostics post_count = row_count;
  insert into graph.user_changes (user_id, change, changed_at) values (p_user_id, 'forgotten', base.now());
end;
$$;
comment on function graph.forget_user(bigint) is
  'Keeps of a user here nothing but numbers: id, follows, ids, times and author of posts. Returns the handles that were theirs, and how many posts of theirs are kept as numbers. The caller holds graph.lock_writer().';

-- source: db/functions/graph/holder_of.sql
create or replace function graph.holder_of(p_handle text)
  returns bigint
  language sql
  stable
as $$
  select user_id from graph.users where lower(handle) = lower(ltrim(p_handle collate "C", '@'));
$$;
comment on function graph.holder_of(text) is 'The holder of a handle (G3), with or without its @; null when nobody is known to hold it.';

-- source: db/functions/graph/insert_users.sql
create or replace function graph.insert_users(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into graph.users (user_id, handle, name, description, location, url, image_url, is_verified, verified_type, is_protected, joined_at)
  select user_id, handle, name, description, location, url, image_url, is_verified, verified_type, is_protected, joined_at
  from unnest(p_profiles);

  insert into graph.user_counts (user_id, followers_count, following_count, post_count, listed_count, payload_hash, run_id)
  select user_id, followers_count, following_count, post_count, listed_count, payload_hash, p_run_id
  from unnest(p_profiles);

  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select user_id, 'added', p_run_id, p_event_id, base.now()
  from unnest(p_profiles);
end;
$$;
comment on function graph.insert_users(graph.profile[], bigint, bigint) is 'Users seen for the first time, their counts, and the log of it. Their handles are free (graph.move_handles).';

-- source: db/functions/graph/is_follow_alive_at.sql
create or replace function graph.is_follow_alive_at(p_follow graph.follows, p_position bigint)
  returns boolean
  language sql
  stable
as $$
  select case when p_follow.change_id <= p_position then p_follow.deleted_at is null
    else coalesce((
      select c.change <> 'removed' from graph.follow_changes as c
      where c.follower_id = p_follow.follower_id and c.target_id = p_follow.target_id and c.change_id <= p_position
      order by c.change_id desc limit 1), false)
  end;
$$;
comment on function graph.is_follow_alive_at(graph.follows, bigint) is 'Whether an edge was there at a position of the graph.';

-- source: db/functions/graph/is_post_alive_at.sql
create or replace function graph.is_post_alive_at(p_post graph.posts, p_position bigint)
  returns boolean
  language sql
  stable
as $$
  select case when p_post.change_id <= p_position then p_post.deleted_at is null
    else coalesce((
      select c.change <> 'removed' from graph.post_changes as c
      where c.post_id = p_post.post_id and c.change_id <= p_position
      order by c.change_id desc limit 1), false)
  end;
$$;
comment on function graph.is_post_alive_at(graph.posts, bigint) is 'Whether a post was there at a position of the graph.';

-- source: db/functions/graph/last_change_id.sql
create or replace function graph.last_change_id()
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select greatest(
      (select max(change_id) from graph.user_changes),
      (select max(change_id) from graph.follow_changes),
      (select max(change_id) from graph.post_changes),
      0));
end;
$$;
comment on function graph.last_change_id() is 'The position of the graph now: every change up to it is visible, and later ones get a higher number (graph.lock_writer).';

-- source: db/functions/graph/last_change_of.sql
create or replace function graph.last_change_of(p_list text, p_user_id bigint, p_until bigint)
  returns bigint
  language sql
  stable
as $$
  -- Whole rows are compared and ordered, so that only the index that begins with the user serves. A max() would tempt the planner to walk
  -- back through the log of everybody else.
  select case p_list
    when 'followers' then (
      select case when target_id = p_user_id then change_id end from graph.follow_changes
      where (target_id, change_id) <= (p_user_id, p_until) order by target_id desc, change_id desc limit 1)
    when 'following' then (
      select case when follower_id = p_user_id then change_id end from graph.follow_changes
      where (follower_id, change_id) <= (p_user_id, p_until) order by follower_id desc, change_id desc limit 1)
    when 'posts' then (
      select case when author_id = p_user_id then change_id end from graph.post_changes
      where (author_id, change_id) <= (p_user_id, p_until) order by author_id desc, change_id desc limit 1)
    when 'users' then (
      -- The first change of a user is the first sight.
      select case when user_id = p_user_id and change_id <= p_until then change_id end from graph.user_changes
      where (user_id, change_id) >= (p_user_id, 0) order by user_id, change_id limit 1)
  end;
$$;
comment on function graph.last_change_of(text, bigint, bigint) is
  'The last change up to a position of the graph to a user''s followers, following or posts; of `users`, when the user was first seen. Null when there was none.';

-- source: db/functions/graph/last_change_of_follow.sql
create or replace function graph.last_change_of_follow(p_target_id bigint, p_follower_id bigint, p_until bigint)
  returns graph.follow_changes
  language plpgsql
  stable
as $$
declare
  v_change_id bigint;
  v_change graph.follow_changes;
begin
  select change_id into v_change_id from graph.follows where target_id = p_target_id and follower_id = p_follower_id;
  if v_change_id <= p_until then
    select * into v_change from graph.follow_changes where target_id = p_target_id and change_id = v_change_id;
  elsif found then
    -- By the follower: nobody follows as many as may follow one.
    select * into v_change from graph.follow_changes
    where follower_id = p_follower_id and target_id = p_target_id and change_id <= p_until
    order by change_id desc limit 1;
  end if;
  return v_change;
end;
$$;
comment on function graph.last_change_of_follow(bigint, bigint, bigint) is 'The last change of a follow up to a position of the graph; all null when it was not there yet.';

-- source: db/functions/graph/list_growth.sql
create or replace function graph.list_growth(p_list text, p_user_id bigint, p_after bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return case p_list
    when 'followers' then (
      select coalesce(sum(case change when 'removed' then -1 else 1 end), 0) from graph.follow_changes
      where target_id = p_user_id and change_id > p_after)
    when 'following' then (
      select coalesce(sum(case change when 'removed' then -1 else 1 end), 0) from graph.follow_changes
      where follower_id = p_user_id and change_id > p_after) end;
end;
$$;
comment on function graph.list_growth(text, bigint, bigint) is 'By how many edges a user''s followers or following have grown since a position, by the log; reads what changed since.';

-- source: db/functions/graph/list_size.sql
create or replace function graph.list_size(p_list text, p_user_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return case p_list
    when 'followers' then (select count(*) from graph.follows where target_id = p_user_id and deleted_at is null)
    when 'following' then (select count(*) from graph.follows where follower_id = p_user_id and deleted_at is null) end;
end;
$$;
comment on function graph.list_size(text, bigint) is 'How many edges of a user''s followers or following are alive; reads them all.';

-- source: db/functions/graph/lock_writer.sql
create or replace function graph.lock_writer()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock(7766, 1);
$$;
comment on function graph.lock_writer() is
  'Waits to be the one transaction that writes the graph, until its end. Taken before any change_id is drawn, and before any other lock.';

-- source: db/functions/graph/mark_users_gone.sql
create or replace function graph.mark_users_gone(p_user_ids bigint[], p_reasons text[], p_run_id bigint, p_event_id bigint default null)
  returns void
  language sql
  volatile
as $$
  with gone as (
    update graph.users as u set
      deleted_at = coalesce(u.deleted_at, base.now()),
      gone_reason = g.reason
    from unnest(p_user_ids, p_reasons) as g (user_id, reason)
    where u.user_id = g.user_id
      and (u.deleted_at is null or u.gone_reason is distinct from g.reason)
    returning u.user_id, u.gone_reason
  ), silenced as (
    -- Not of those alone who are found gone just now: a page that was asked for before may have come after.
    update graph.posts as o set text = null from unnest(p_user_ids) as g (user_id) where o.author_id = g.user_id and o.text is not null
  ), unread as (
    update graph.user_counts as c set payload_hash = null from gone as g where c.user_id = g.user_id
  )
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at, gone_reason)
  select user_id, 'removed', p_run_id, p_event_id, base.now(), gone_reason
  from gone
  order by user_id;
$$;
comment on function graph.mark_users_gone(bigint[], text[], bigint, bigint) is
  'Users that X does not show any more, and why (suspended, deactivated, not_found, or null). The texts of their posts go; the profile stays as last seen, since being gone takes nobody out of a set. Ids that are no users here are passed over (G2). Edges are left alone (G4). The caller holds graph.lock_writer().';

-- source: db/functions/graph/mark_users_protected.sql
create or replace function graph.mark_users_protected(p_user_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns void
  language sql
  volatile
as $$
  with hidden as (
    update graph.users as u set is_protected = true
    from unnest(p_user_ids) as p (user_id)
    where u.user_id = p.user_id and u.is_protected is not true and u.deleted_at is null
    returning u.user_id
  ), silenced as (
    -- As in graph.mark_users_gone.
    update graph.posts as o set text = null from unnest(p_user_ids) as p (user_id) where o.author_id = p.user_id and o.text is not null
  ), unread as (
    update graph.user_counts as c set payload_hash = null from hidden as h where c.user_id = h.user_id
  )
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select user_id, 'changed', p_run_id, p_event_id, base.now()
  from hidden order by user_id;
$$;
comment on function graph.mark_users_protected(bigint[], bigint, bigint) is
  'Users whose lists X does not show, since they are protected; nor posts, whose texts go. Ids that are no users here, or gone, are passed over (G2). The caller holds graph.lock_writer().';

-- source: db/functions/graph/move_handles.sql
create or replace function graph.move_handles(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
  v_old_handles text[];
  v_new_handles text[];
begin
  -- Who changes a handle of their own, and who loses one to a user of this page. A loser of this page has its new handle among p_profiles.
  select array_agg(m.user_id order by m.user_id), array_agg(m.old_handle order by m.user_id), array_agg(m.new_handle order by m.user_id)
  into v_user_ids, v_old_handles, v_new_handles
  from (
    select u.user_id, u.handle as old_handle, p.handle as new_handle
    from unnest(p_profiles) as p
    join lateral (select user_id, handle from graph.users where user_id = p.user_id limit 1) as u on true
    where p.handle is not null and u.handle is distinct from p.handle
    union all
    select h.user_id, h.handle, null
    from unnest(p_profiles) as p
    join lateral (select user_id, handle from graph.users where lower(handle) = lower(p.handle) limit 1) as h on h.user_id <> p.user_id
    where not exists (select from unnest(p_profiles) as q where q.user_id = h.user_id and q.handle is not null)
  ) as m;
  if v_user_ids is null then
    return;
  end if;
  insert into graph.handle_changes (user_id, old_handle, new_handle, run_id, event_id, changed_at)
  select m.user_id, m.old_handle, m.new_handle, p_run_id, p_event_id, base.now()
  from unnest(v_user_ids, v_old_handles, v_new_handles) as m (user_id, old_handle, new_handle);
  -- All old handles are freed before any new one is taken, so that a rotation inside one page finds them free.
  update graph.users as u set handle = null
  from unnest(v_user_ids, v_old_handles) as m (user_id, old_handle)
  where u.user_id = m.user_id and m.old_handle is not null;
  update graph.user_counts as c set payload_hash = null
  from unnest(v_user_ids, v_new_handles) as m (user_id, new_handle)
  where c.user_id = m.user_id and m.new_handle is null;
  -- Losers outside the page change here and now; the others are updated, and logged, with the rest of their profile.
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select m.user_id, 'changed', p_run_id, p_event_id, base.now()
  from unnest(v_user_ids, v_new_handles) as m (user_id, new_handle)
  where m.new_handle is null
    and not exists (select from unnest(p_profiles) as q where q.user_id = m.user_id);
end;
$$;
comment on function graph.move_handles(graph.profile[], bigint, bigint) is
  'Frees every handle that these profiles take or leave, and writes the history (G3): after it graph.users can take the new ones in any order.';

-- source: db/functions/graph/remove_follows.sql
create or replace function graph.remove_follows(p_target_ids bigint[], p_follower_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer;
begin
  with gone as materialized (
    select e.target_id, e.follower_id, nextval('graph.change_ids') as change_id
    from (select distinct u.target_id, u.follower_id from unnest(p_target_ids, p_follower_ids) as u (target_id, follower_id)) as e
    cross join lateral (
      select from graph.follows where target_id = e.target_id and follower_id = e.follower_id and deleted_at is null limit 1
    ) as f
    -- Positions are drawn after the sort: the same edges get the same ones, whatever the plan (E4).
    order by e.target_id, e.follower_id
  ), removed as (
    update graph.follows as f set deleted_at = base.now(), change_id = g.change_id
    from gone as g
    where f.target_id = g.target_id and f.follower_id = g.follower_id
  ), logged as (
    insert into graph.follow_changes (target_id, change_id, follower_id, change, run_id, event_id, changed_at)
    select target_id, change_id, follower_id, 'removed', p_run_id, p_event_id, base.now()
    from gone
  )
  select count(*) into v_removed_count from gone;
  return v_removed_count;
end;
$$;
comment on function graph.remove_follows(bigint[], bigint[], bigint, bigint) is
  'Edges that were found gone (two arrays, pair by pair): soft-deleted and logged; returns how many were alive. The caller holds graph.lock_writer().';

-- source: db/functions/graph/remove_posts.sql
create or replace function graph.remove_posts(p_post_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer;
begin
  with gone as materialized (
    select o.author_id, p.post_id, nextval('graph.change_ids') as change_id
    from (select distinct u.post_id from unnest(p_post_ids) as u (post_id)) as p
    cross join lateral (select author_id from graph.posts where post_id = p.post_id and deleted_at is null limit 1) as o
    -- Positions are drawn after the sort: the same posts get the same ones, whatever the plan (E4).
    order by p.post_id
  ), removed as (
    update graph.posts as o set deleted_at = base.now(), text = null, change_id = g.change_id
    from gone as g
    where o.post_id = g.post_id
  ), logged as (
    insert into graph.post_changes (author_id, change_id, post_id, change, run_id, event_id, changed_at)
    select author_id, change_id, post_id, 'removed', p_run_id, p_event_id, base.now()
    from gone
  )
  select count(*) into v_removed_count from gone;
  return v_removed_count;
end;
$$;
comment on function graph.remove_posts(bigint[], bigint, bigint) is 'Posts that there is evidence against (G4): soft-deleted, their texts dropped, and logged; returns how many were alive. The caller holds graph.lock_writer().';

-- source: db/functions/graph/settle_profiles.sql
create or replace function graph.settle_profiles(p_profiles graph.profile[])
  returns graph.profile[]
  language plpgsql
  immutable
as $$
declare
  v_is_settled boolean;
begin
  select count(*) = count(distinct user_id) and count(handle) = count(distinct lower(handle))
  into v_is_settled
  from unnest(p_profiles);
  if v_is_settled then
    return p_profiles;
  end if;
  -- Two sights of one user, or of one handle, in one page: the later one is the truth, and the earlier holder's handle is not said.
  return array(
    select row(p.user_id, case when p.handle_rank = 1 then p.handle end, p.name, p.description, p.location, p.url, p.image_url, p.is_verified,
               p.verified_type, p.is_protected, p.joined_at, p.followers_count, p.following_count, p.post_count, p.listed_count, null)::graph.profile
    from (
      select d.*, row_number() over (partition by lower(d.handle) order by d.position desc) as handle_rank
      from (
        select distinct on (user_id) *
        from unnest(p_profiles) with ordinality as u (user_id, handle, name, description, location, url, image_url, is_verified, verified_type,
          is_protected, joined_at, followers_count, following_count, post_count, listed_count, payload_hash, position)
        order by user_id, position desc
      ) as d
    ) as p
    order by p.position
  );
end;
$$;
comment on function graph.settle_profiles(graph.profile[]) is 'The same profiles with each user once, and each handle (whatever its case) with one of them: the last.';

-- source: db/functions/graph/tally_changes.sql
create or replace function graph.tally_changes(
    p_run_id bigint, p_list text, p_user_id bigint, p_after bigint, p_ended_at timestamptz, p_limit integer)
  returns table (changes jsonb, is_whole boolean)
  language sql
  stable
as $$
  -- A run's own list has a log of its own; whatever else it changed lies in the logs of all, from its start on.
  with read as (
    (select 'users' as log, change, run_id, changed_at from graph.user_changes where change_id > p_after order by change_id limit p_limit)
    union all
    (select 'follows', change, run_id, changed_at from graph.follow_changes
     where p_list = 'followers' and target_id = p_user_id and change_id > p_after order by target_id, change_id limit p_limit)
    union all
    (select 'follows', change, run_id, changed_at from graph.follow_changes
     where p_list = 'following' and follower_id = p_user_id and change_id > p_after order by follower_id, change_id limit p_limit)
    union all
    (select 'posts', change, run_id, changed_at from graph.post_changes
     where p_list = 'posts' and author_id = p_user_id and change_id > p_after order by author_id, change_id limit p_limit)
    union all
    (select 'posts', change, run_id, changed_at from graph.post_changes
     where p_list in ('post_lookup', 'search') and change_id > p_after order by change_id limit p_limit)
  ), counted as (
    select log, change, count(*) as change_count from read where run_id = p_run_id group by log, change
  )
  select coalesce((select jsonb_object_agg(log, counts) from (
                     select log, jsonb_object_agg(change, change_count) as counts from counted group by log) as l), '{}'),
         (select coalesce(bool_and(row_count < p_limit or coalesce(last_at > p_ended_at, false)), true) from (
            select count(*) as row_count, max(changed_at) as last_at from read group by log) as r);
$$;
comment on function graph.tally_changes(bigint, text, bigint, bigint, timestamptz, integer) is
  'What a run changed, {users: {added: 3}, follows: …}, as far as p_limit rows of each log from its start on tell; whether that is all of it.';

-- source: db/functions/graph/try_writer.sql
create or replace function graph.try_writer()
  returns boolean
  language sql
  volatile
as $$
  select pg_catalog.pg_try_advisory_xact_lock(7766, 1);
$$;
comment on function graph.try_writer() is 'Like graph.lock_writer(), but without waiting: whether this transaction has the lock now.';

-- source: db/functions/graph/update_user_counts.sql
create or replace function graph.update_user_counts(p_profiles graph.profile[], p_run_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  with recounted as (
    update graph.user_counts as c set
      followers_count = coalesce(p.followers_count, c.followers_count),
      following_count = coalesce(p.following_count, c.following_count),
      post_count = coalesce(p.post_count, c.post_count),
      listed_count = coalesce(p.listed_count, c.listed_count),
      payload_hash = p.payload_hash,
      run_id = p_run_id
    from unnest(p_profiles) as p
    where c.user_id = p.user_id
    returning c.user_id
  )
  insert into graph.recounts (user_ids, run_id)
  select array_agg(user_id order by user_id), p_run_id
  from recounted
  having count(*) > 0;
end;
$$;
comment on function graph.update_user_counts(graph.profile[], bigint) is
  'Counts that moved, of users that are there, and a note of whose. The caller holds graph.lock_writer().';

-- source: db/functions/graph/update_users.sql
create or replace function graph.update_users(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  with updated as (
    update graph.users as u set
      handle = coalesce(p.handle, u.handle),
      name = coalesce(p.name, u.name),
      description = p.description,
      location = p.location,
      url = p.url,
      image_url = p.image_url,
      is_verified = coalesce(p.is_verified, u.is_verified),
      verified_type = p.verified_type,
      is_protected = coalesce(p.is_protected, u.is_protected),
      joined_at = coalesce(p.joined_at, u.joined_at),
      deleted_at = null,
      gone_reason = null
    from unnest(p_profiles) as p
    join lateral (select user_id, deleted_at, is_protected from graph.users where user_id = p.user_id limit 1) as old on true
    where u.user_id = old.user_id
    returning u.user_id, old.deleted_at, u.is_protected and old.is_protected is not true as is_hidden
  ), silenced as (
    update graph.posts as o set text = null from updated as h where h.is_hidden and o.author_id = h.user_id and o.text is not null
  )
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select user_id, case when deleted_at is null then 'changed' else 'revived' end, p_run_id, p_event_id, base.now()
  from updated order by user_id;
end;
$$;
comment on function graph.update_users(graph.profile[], bigint, bigint) is 'Users whose profile changed or who came back, and the log of it. The texts of whose posts X hides from now on go.';

-- source: db/functions/graph/write_follows.sql
create or replace function graph.write_follows(p_target_ids bigint[], p_follower_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_changed_count integer;
begin
  with moved as materialized (
    select s.target_id, s.follower_id, nextval('graph.change_ids') as change_id,
           case when f.target_id is null then 'added' else 'revived' end as change
    from (select distinct e.target_id, e.follower_id from unnest(p_target_ids, p_follower_ids) as e (target_id, follower_id)) as s
    left join lateral (
      select target_id, deleted_at from graph.follows where target_id = s.target_id and follower_id = s.follower_id limit 1
    ) as f on true
    where (f.target_id is null or f.deleted_at is not null) and s.target_id <> s.follower_id
    -- Positions are drawn after the sort: the same page gets the same ones, whatever the plan (E4).
    order by s.target_id, s.follower_id
  ), logged as (
    insert into graph.follow_changes (target_id, change_id, follower_id, change, run_id, event_id, changed_at)
    select target_id, change_id, follower_id, change, p_run_id, p_event_id, base.now()
    from moved
  ), added as (
    insert into graph.follows (target_id, follower_id, change_id, first_seen_at)
    select target_id, follower_id, change_id, base.now()
    from moved where change = 'added'
  ), revived as (
    update graph.follows as f set deleted_at = null, change_id = m.change_id
    from moved as m
    where m.change = 'revived' and f.target_id = m.target_id and f.follower_id = m.follower_id
  )
  select count(*) into v_changed_count from moved;
  return v_changed_count;
end;
$$;
comment on function graph.write_follows(bigint[], bigint[], bigint, bigint) is
  'Edges that were seen (two arrays, pair by pair); returns how many are new or came back. Both ends are users here. The caller holds graph.lock_writer().';

-- source: db/functions/graph/write_post_counts.sql
create or replace function graph.write_post_counts(p_posts graph.post[])
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into graph.post_counts as c (post_id, like_count, repost_count, reply_count, quote_count)
  select distinct on (p.post_id) p.post_id, p.like_count, p.repost_count, p.reply_count, p.quote_count
  from unnest(p_posts) as p
  left join lateral (select * from graph.post_counts where post_id = p.post_id limit 1) as o on true
  where num_nonnulls(p.like_count, p.repost_count, p.reply_count, p.quote_count) > 0
    and (o.like_count, o.repost_count, o.reply_count, o.quote_count) is distinct from
        (coalesce(p.like_count, o.like_count), coalesce(p.repost_count, o.repost_count),
         coalesce(p.reply_count, o.reply_count), coalesce(p.quote_count, o.quote_count))
  order by p.post_id
  on conflict (post_id) do update set
    like_count = coalesce(excluded.like_count, c.like_count),
    repost_count = coalesce(excluded.repost_count, c.repost_count),
    reply_count = coalesce(excluded.reply_count, c.reply_count),
    quote_count = coalesce(excluded.quote_count, c.quote_count);
end;
$$;
comment on function graph.write_post_counts(graph.post[]) is 'Counts of posts, where they moved.';

-- source: db/functions/graph/write_posts.sql
create or replace function graph.write_posts(p_posts graph.post[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_posts constant graph.post[] := graph.drop_forgotten_posts(p_posts);
  v_changed_count integer;
begin
  with moved as materialized (
    select (s.post).*, coalesce(o.author_id, (s.post).author_id) as known_author_id, nextval('graph.change_ids') as change_id,
           case when o.post_id is null then 'added' when o.deleted_at is not null then 'revived' else 'changed' end as change
    from (select distinct on (p.post_id) p as post from unnest(v_posts) as p order by p.post_id) as s
    left join lateral (select * from graph.posts where post_id = (s.post).post_id limit 1) as o on true
    where o.post_id is null or o.deleted_at is not null
       or o.text is distinct from (s.post).text
       or o.lang is distinct from coalesce((s.post).lang, o.lang)
    order by (s.post).post_id
  ), logged as (
    insert into graph.post_changes (author_id, change_id, post_id, change, run_id, event_id, changed_at)
    select known_author_id, change_id, post_id, change, p_run_id, p_event_id, base.now()
    from moved
  ), added as (
    insert into graph.posts (post_id, author_id, posted_at, text, lang, conversation_id, in_reply_to_user_id, change_id)
    select post_id, author_id, posted_at, text, lang, conversation_id, in_reply_to_user_id, change_id
    from moved where change = 'added'
  ), updated as (
    update graph.posts as o set text = m.text, lang = coalesce(m.lang, o.lang), deleted_at = null, change_id = m.change_id
    from moved as m
    where m.change <> 'added' and o.post_id = m.post_id
  )
  select count(*) filter (where change <> 'changed') into v_changed_count from moved;
  perform graph.write_post_counts(v_posts);
  return v_changed_count;
end;
$$;
comment on function graph.write_posts(graph.post[], bigint, bigint) is
  'Stores posts and returns how many are new or came back. Author and time of a known post stay (G6); every author is a user here; of who was forgotten nothing is kept but numbers. The caller holds graph.lock_writer().';

-- source: db/functions/graph/write_users.sql
create or replace function graph.write_users(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_new graph.profile[];
  v_changed graph.profile[];
  v_recounted graph.profile[];
begin
  -- The probes are lateral: a plan made while the tables were empty stays good when they are large.
  select array_agg(p) filter (where u.user_id is null),
         array_agg(p) filter (where u.user_id is not null and (
           u.handle is distinct from coalesce(p.handle, u.handle)
           or u.deleted_at is not null
           or (u.name, u.description, u.location, u.url, u.image_url, u.verified_type)
              is distinct from (coalesce(p.name, u.name), p.description, p.location, p.url, p.image_url, p.verified_type)
           or u.is_verified is distinct from coalesce(p.is_verified, u.is_verified)
           or u.is_protected is distinct from coalesce(p.is_protected, u.is_protected)
           or u.joined_at is distinct from coalesce(p.joined_at, u.joined_at))),
         array_agg(p) filter (where u.user_id is not null and (
           c.followers_count is distinct from coalesce(p.followers_count, c.followers_count)
           or c.following_count is distinct from coalesce(p.following_count, c.following_count)
           or c.post_count is distinct from coalesce(p.post_count, c.post_count)
           or c.listed_count is distinct from coalesce(p.listed_count, c.listed_count)))
  into v_new, v_changed, v_recounted
  from unnest(graph.settle_profiles(graph.drop_forgotten_profiles(p_profiles))) as p
  left join lateral (select * from graph.users where user_id = p.user_id limit 1) as u on true
  left join lateral (select * from graph.user_counts where user_id = p.user_id limit 1) as c on true;

  if v_new is not null or v_changed is not null then
    perform graph.move_handles(v_new || v_changed, p_run_id, p_event_id);
  end if;
  if v_new is not null then
    perform graph.insert_users(v_new, p_run_id, p_event_id);
  end if;
  if v_changed is not null then
    perform graph.update_users(v_changed, p_run_id, p_event_id);
  end if;
  if v_recounted is not null then
    perform graph.update_user_counts(v_recounted, p_run_id);
  end if;
  if v_changed is not null then
    update graph.user_counts as c set payload_hash = p.payload_hash
    from unnest(v_changed) as p
    where c.user_id = p.user_id and c.payload_hash is distinct from p.payload_hash;
  end if;
  return coalesce(cardinality(v_new), 0);
end;
$$;
comment on function graph.write_users(graph.profile[], bigint, bigint) is
  'Stores a page of profiles and returns how many users were new. What did not change is not written (G8); who was gone is revived (G4); of who was forgotten nothing is kept. The caller holds graph.lock_writer().';

commit;
