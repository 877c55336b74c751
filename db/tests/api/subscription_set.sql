-- W3: an operator says which events of whom a webhook is connected to.
begin;
select plan(10);

create function pg_temp.connect(p_user_id bigint, p_event_types text[]) returns text[] language sql set role = rookery_operator as $$
  select api.subscription_set(p_user_id, p_event_types);
$$;
select is(pg_temp.connect(7, '{follow.follow,follow.unfollow,post.create}'), '{followers,following}', 'W3: both types of follow events tell of two lists');
select set_eq('select sync_kind, subject_id, trusted_until from api.subscriptions', $$ values ('followers', 7::bigint, null::timestamptz), ('following', 7, null) $$,
  'W3: no list is trusted before the counts have agreed');
update ingest.subscriptions set count_at_look = 1, position_at_look = 1, agreed_at = base.now();
select is(pg_temp.connect(7, '{follow.unfollow,follow.follow}'), '{followers,following}', 'W3: it may be said again');
select is((select count(*) from api.subscriptions where trusted_until > base.now()), 2::bigint, 'W3: which forgets nothing');
select is(pg_temp.connect(7, '{follow.follow,profile.update.bio}'), '{}', 'W3: follows without unfollows tell of no list');
select is((select count(*) from api.subscriptions), 0::bigint, 'W3: then lists are read as ever');
select throws_ok($$ select api.subscription_set(0, '{}') $$, 'RK003', 'user is not an X id: 0', 'G1: a user has an id');
select throws_ok($$ select api.subscription_set(1, '{like.create}') $$, 'RK041', 'there is no type of event ''like.create''', 'an unknown type is refused');
select throws_ok($$ select api.subscription_set(1, '{null}') $$, 'RK041', 'there is no type of event ''null''', 'so is none');
select throws_ok($$ select api.subscription_set(1, null) $$, 'RK041', 'there is no type of event null', 'and nothing at all');

select * from finish();
rollback;
