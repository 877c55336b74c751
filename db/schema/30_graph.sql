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
