-- W1: a user is named by an id, a handle, or the link of a profile.
begin;
select plan(25);

select is(ingest.name_user(said::jsonb), name, format('W1: %s is %s', said, coalesce(name, 'nobody')))
from (values
  ('"783214"', 'user 783214'), ('783214', 'user 783214'), ('"007"', 'user 7'), ('9223372036854775807', 'user 9223372036854775807'),
  ('"9223372036854775808"', null), ('"0"', null), ('-1', null), ('1.5', null),
  ('"Jack_1"', 'handle jack_1'), ('"@Jack"', 'handle jack'), ('"@12345"', 'handle 12345'), ('" jack\n"', 'handle jack'),
  ('"https://x.com/Jack"', 'handle jack'), ('"http://www.twitter.com/jack/"', 'handle jack'), ('"mobile.twitter.com/@jack?s=20"', 'handle jack'),
  ('"https://X.com/i/user/12"', 'user 12'), ('"https://x.com/12345"', 'handle 12345'),
  ('"https://x.com/jack/status/20"', null), ('"https://x.com.evil.example/jack"', null), ('"a b"', null), ('"abcdefghijklmnop"', null),
  ('""', null), ('null', null), ('{"id": 1}', null), ('true', null)) as t (said, name);

select * from finish();
rollback;
