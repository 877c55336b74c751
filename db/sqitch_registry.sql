-- The registry that sqitch 1.3 keeps in PostgreSQL (release 1.1), object for object and comment for comment, so that either tool goes on
-- where the other stopped. A test compares the dumps of both.

create schema if not exists sqitch;
comment on schema sqitch is 'Sqitch database deployment metadata v1.1.';

create table sqitch.releases (
  version real primary key,
  installed_at timestamptz not null default clock_timestamp(),
  installer_name text not null,
  installer_email text not null
);

create table sqitch.projects (
  project text primary key,
  uri text unique,
  created_at timestamptz not null default clock_timestamp(),
  creator_name text not null,
  creator_email text not null
);

create table sqitch.changes (
  change_id text primary key,
  script_hash text,
  change text not null,
  project text not null references sqitch.projects (project) on update cascade,
  note text not null default '',
  committed_at timestamptz not null default clock_timestamp(),
  committer_name text not null,
  committer_email text not null,
  planned_at timestamptz not null,
  planner_name text not null,
  planner_email text not null,
  unique (project, script_hash)
);

create table sqitch.tags (
  tag_id text primary key,
  tag text not null,
  project text not null references sqitch.projects (project) on update cascade,
  change_id text not null references sqitch.changes (change_id) on update cascade,
  note text not null default '',
  committed_at timestamptz not null default clock_timestamp(),
  committer_name text not null,
  committer_email text not null,
  planned_at timestamptz not null,
  planner_name text not null,
  planner_email text not null,
  unique (project, tag)
);

create table sqitch.dependencies (
  change_id text not null references sqitch.changes (change_id) on update cascade on delete cascade,
  type text not null,
  dependency text not null,
  dependency_id text references sqitch.changes (change_id) on update cascade
    constraint dependencies_check check (
      (type = 'require' and dependency_id is not null) or (type = 'conflict' and dependency_id is null)
    ),
  primary key (change_id, dependency)
);

create table sqitch.events (
  event text not null constraint events_event_check check (event in ('deploy', 'revert', 'fail', 'merge')),
  change_id text not null,
  change text not null,
  project text not null references sqitch.projects (project) on update cascade,
  note text not null default '',
  requires text[] not null default '{}',
  conflicts text[] not null default '{}',
  tags text[] not null default '{}',
  committed_at timestamptz not null default clock_timestamp(),
  committer_name text not null,
  committer_email text not null,
  planned_at timestamptz not null,
  planner_name text not null,
  planner_email text not null,
  primary key (change_id, committed_at)
);

comment on table sqitch.releases is 'Sqitch registry releases.';
comment on column sqitch.releases.version is 'Version of the Sqitch registry.';
comment on column sqitch.releases.installed_at is 'Date the registry release was installed.';
comment on column sqitch.releases.installer_name is 'Name of the user who installed the registry release.';
comment on column sqitch.releases.installer_email is 'Email address of the user who installed the registry release.';

comment on table sqitch.projects is 'Sqitch projects deployed to this database.';
comment on column sqitch.projects.project is 'Unique Name of a project.';
comment on column sqitch.projects.uri is 'Optional project URI';
comment on column sqitch.projects.created_at is 'Date the project was added to the database.';
comment on column sqitch.projects.creator_name is 'Name of the user who added the project.';
comment on column sqitch.projects.creator_email is 'Email address of the user who added the project.';

comment on table sqitch.changes is 'Tracks the changes currently deployed to the database.';
comment on column sqitch.changes.change_id is 'Change primary key.';
comment on column sqitch.changes.script_hash is 'Deploy script SHA-1 hash.';
comment on column sqitch.changes.change is 'Name of a deployed change.';
comment on column sqitch.changes.project is 'Name of the Sqitch project to which the change belongs.';
comment on column sqitch.changes.note is 'Description of the change.';
comment on column sqitch.changes.committed_at is 'Date the change was deployed.';
comment on column sqitch.changes.committer_name is 'Name of the user who deployed the change.';
comment on column sqitch.changes.committer_email is 'Email address of the user who deployed the change.';
comment on column sqitch.changes.planned_at is 'Date the change was added to the plan.';
comment on column sqitch.changes.planner_name is 'Name of the user who planed the change.';
comment on column sqitch.changes.planner_email is 'Email address of the user who planned the change.';

comment on table sqitch.tags is 'Tracks the tags currently applied to the database.';
comment on column sqitch.tags.tag_id is 'Tag primary key.';
comment on column sqitch.tags.tag is 'Project-unique tag name.';
comment on column sqitch.tags.project is 'Name of the Sqitch project to which the tag belongs.';
comment on column sqitch.tags.change_id is 'ID of last change deployed before the tag was applied.';
comment on column sqitch.tags.note is 'Description of the tag.';
comment on column sqitch.tags.committed_at is 'Date the tag was applied to the database.';
comment on column sqitch.tags.committer_name is 'Name of the user who applied the tag.';
comment on column sqitch.tags.committer_email is 'Email address of the user who applied the tag.';
comment on column sqitch.tags.planned_at is 'Date the tag was added to the plan.';
comment on column sqitch.tags.planner_name is 'Name of the user who planed the tag.';
comment on column sqitch.tags.planner_email is 'Email address of the user who planned the tag.';

comment on table sqitch.dependencies is 'Tracks the currently satisfied dependencies.';
comment on column sqitch.dependencies.change_id is 'ID of the depending change.';
comment on column sqitch.dependencies.type is 'Type of dependency.';
comment on column sqitch.dependencies.dependency is 'Dependency name.';
comment on column sqitch.dependencies.dependency_id is 'Change ID the dependency resolves to.';

comment on table sqitch.events is 'Contains full history of all deployment events.';
comment on column sqitch.events.event is 'Type of event.';
comment on column sqitch.events.change_id is 'Change ID.';
comment on column sqitch.events.change is 'Change name.';
comment on column sqitch.events.project is 'Name of the Sqitch project to which the change belongs.';
comment on column sqitch.events.note is 'Description of the change.';
comment on column sqitch.events.requires is 'Array of the names of required changes.';
comment on column sqitch.events.conflicts is 'Array of the names of conflicting changes.';
comment on column sqitch.events.tags is 'Tags associated with the change.';
comment on column sqitch.events.committed_at is 'Date the event was committed.';
comment on column sqitch.events.committer_name is 'Name of the user who committed the event.';
comment on column sqitch.events.committer_email is 'Email address of the user who committed the event.';
comment on column sqitch.events.planned_at is 'Date the event was added to the plan.';
comment on column sqitch.events.planner_name is 'Name of the user who planed the change.';
comment on column sqitch.events.planner_email is 'Email address of the user who plan planned the change.';
