-- Verify rookery:base on pg

begin;
select 'base'::regnamespace;
select from base.settings where false;
select from base.error_codes where false;
select from base.decision_kinds where false;
select from base.decisions where false;
select 'base.wakes'::regclass;
select 'base.backoff'::regproc;
select 'base.build_reason'::regproc;
select 'base.change_setting'::regproc;
select 'base.check_id'::regproc;
select 'base.decide'::regproc;
select 'base.format_time'::regproc;
select 'base.now'::regproc;
select 'base.parse_id'::regproc;
select 'base.parse_json'::regproc;
select 'base.parse_time'::regproc;
select 'base.render_reason'::regproc;
select 'base.replace_unstorable'::regproc;
select 'base.setting_integer'::regproc;
select 'base.setting_interval'::regproc;
select 'base.setting_text'::regproc;
select 'base.wake'::regproc;
rollback;
