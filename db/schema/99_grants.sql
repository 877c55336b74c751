-- Who may do what (W5), the whole of it: nothing outside of this file grants anything.

grant usage on schema api to rookery_worker, rookery_web, rookery_operator, rookery_reader;

grant execute on function
  api.engine_tick(text, integer),
  api.engine_response(bigint, integer, jsonb, text, text),
  api.engine_failure(bigint, text, text, text),
  api.engine_release(text),
  api.has_change(text)
to rookery_worker;

grant execute on function
  api.engine_tick(text, integer),
  api.root_enable(text, jsonb, interval, interval, numeric),
  api.root_disable(text, jsonb),
  api.fanout_root_enable(text, jsonb, text, text, interval, interval, numeric),
  api.fanout_root_disable(text, jsonb, text, text),
  api.specified_users_set(text, bigint[]),
  api.specified_users_add(text, bigint[]),
  api.specified_users_remove(text, bigint[]),
  api.verify(bigint),
  api.repair(bigint),
  api.sync_request(text, bigint, text),
  api.run_cancel(bigint),
  api.provider_resume(text),
  api.sync_handles(text[]),
  api.users_look_up(text[]),
  api.leavers_look_up(bigint, bigint, bigint),
  api.subscription_set(bigint, text[]),
  api.setting_set(text, text),
  api.budget_set(text, text, numeric),
  api.price_set(text, boolean, numeric),
  api.root_estimate(text, jsonb, interval, interval, numeric),
  api.user_forget(bigint),
  api.token_check(integer, jsonb, text)
to rookery_operator;

grant execute on function
  api.doctor(jsonb, jsonb, timestamptz)
to rookery_operator, rookery_reader;

grant execute on function
  api.webhook_receive(jsonb)
to rookery_web;

grant execute on function
  api.instance_id(text, jsonb),
  api.user_id(text),
  api.users_find(text[]),
  api.memberships(bigint, integer),
  api.run_progress(bigint[]),
  api.metrics(),
  api.checks(text),
  api.table_sizes(),
  api.read_clock(),
  api.standings(bigint[]),
  api.moves(timestamptz, integer),
  api.days(bigint[], integer),
  api.held_back(integer),
  api.surroundings(bigint),
  api.runs_of(bigint, integer),
  api.has_change(text),
  api.why(bigint),
  api.why_not(bigint),
  api.why_run(bigint),
  api.budgets(),
  api.cost(text),
  api.provenance(text, jsonb),
  api.tree(jsonb),
  api.members(bigint, integer, bigint),
  api.members_as_of(bigint, bigint, integer, bigint),
  api.members_at(bigint, timestamptz, integer, bigint),
  api.members_page(bigint, bigint, integer, bigint),
  api.moment_id(bigint, text),
  api.diff(bigint, bigint, bigint, integer, bigint),
  api.leavers_unknown(bigint, bigint, bigint),
  api.events(bigint, integer, bigint, bigint)
to rookery_operator, rookery_reader, rookery_web;

grant select on
  api.kinds, api.roots, api.fanout_roots, api.instances, api.materializations, api.runs, api.calls, api.pages, api.due, api.decisions, api.users, api.forgotten_users, api.handle_changes, api.follows, api.posts,
  api.windows, api.spend, api.spend_by_root, api.prices, api.rejects, api.webhook_events, api.subscriptions, api.settings, api.error_codes, api.decision_kinds, api.workers, api.help
to rookery_operator, rookery_reader, rookery_web;
