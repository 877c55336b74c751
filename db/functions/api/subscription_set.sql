create or replace function api.subscription_set(p_user_id bigint, p_event_types text[])
  returns text[]
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.set_subscription(p_user_id, p_event_types);
$$;
comment on function api.subscription_set(bigint, text[]) is
  'Says which types of X''s activity events a webhook is connected to for a user (none: {}); returns the lists that these tell of. With follow.follow and follow.unfollow, followers and following are not read while a daily look at the counts agrees with what events told (W3). Errors RK003, RK041.';
