-- Who may do what (W5), the whole of it: nothing outside of this file grants anything.

grant usage on schema api to rookery_worker, rookery_web, rookery_operator, rookery_reader;

grant execute on function
  api.engine_tick(text, integer),
  api.engine_response(bigint, integer, jsonb, text),
  api.engine_failure(bigint, text, text),
  api.engine_release(text)
to rookery_worker;

grant execute on function
  api.engine_tick(text, integer),
  api.root_enable(text, jsonb),
  api.root_disable(text, jsonb),
  api.specified_users_set(text, bigint[]),
  api.specified_users_add(text, bigint[]),
  api.specified_users_remove(text, bigint[]),
  api.sync_request(text, bigint, text),
  api.sync_handles(text[]),
  api.setting_set(text, text)
to rookery_operator;

grant execute on function
  api.instance_id(text, jsonb),
  api.members(bigint, integer, bigint),
  api.events(bigint, integer, bigint, bigint)
to rookery_operator, rookery_reader, rookery_web;

grant select on
  api.roots, api.instances, api.materializations, api.runs, api.calls, api.decisions, api.users, api.handle_changes, api.follows, api.posts,
  api.windows, api.spend, api.rejects, api.settings, api.error_codes, api.workers
to rookery_operator, rookery_reader, rookery_web;
