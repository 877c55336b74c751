-- Constraints of base that carry a rule.
begin;
select plan(7);

select throws_like($$ update base.settings set value = 'soon' where name = 'call.lease' $$, '%value_has_the_form_of_its_setting%', 'a setting has its form');
select throws_like($$ update base.settings set value = '25 s; x' where name = 'call.lease' $$, '%value_has_the_form_of_its_setting%', 'as a whole');
select throws_like($$ insert into base.error_codes values ('XX001', 'x', 'x', 422, 'operator') $$, '%code_is_in_our_class%', 'errors are of our own class');
select throws_like($$ insert into base.error_codes values ('RK999', 'x', 'x', 200, 'operator') $$, '%http_status_is_an_error%', 'an error has an error''s status');
select throws_like($$ insert into base.error_codes values ('RK999', 'x', 'x', 422, 'nobody') $$, '%mended_by_is_known%', 'somebody can mend an error');
select throws_like($$ insert into base.error_codes values ('RK999', 'unknown_kind', 'x', 422, 'operator') $$, '%error_codes_name_key%', 'an error has a name of its own');
select throws_like($$ insert into base.decisions (decision_kind, about, reason, first_at, last_at) values ('rate_limit', 'x', 'y', '2026-03-02', '2026-03-01') $$,
  '%decisions_end_after_they_begin%', 'a decision ends after it began');

select * from finish();
rollback;
