begin;
select plan(7);

set local role rookery_operator;
select lives_ok($$ select api.price_set('follow', false, 0.02), api.price_set('follow', true, 0.002), api.price_set('post', null, 0) $$, 'I9: prices are rows that an operator sets');
select results_eq('select resource, usd::float, owned_usd::float from api.prices where resource not like ''%event'' order by 1', $$ values ('follow', 0.02::float, 0.002::float), ('post', 0, 0.001), ('user', 0.01, 0.01) $$, 'one of them, or that of owned reads');
select throws_ok($$ select api.price_set('like', false, 1) $$, 'RK031', 'there is no resource ''like''', 'what X does not bill has no price');
select throws_ok($$ select api.price_set(null, false, 1) $$, 'RK031', 'there is no resource null', 'nor has nothing');
select throws_ok($$ select api.price_set('post', false, -1) $$, 'RK031', 'a price cannot be USD -1', 'a price is not negative');
select throws_ok($$ select api.price_set('post', false, 'NaN') $$, 'RK031', 'a price cannot be USD NaN', 'and a number');
select throws_ok($$ select api.price_set('post', false, null) $$, 'RK031', 'a price cannot be USD null', 'and said');

select * from finish();
rollback;
