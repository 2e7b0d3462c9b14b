-- WHPH's schema, version 35, as a fresh installation has it: every table, its columns in their order, and their defaults.
-- Moments are seconds since 1970; choices are places in a list; truth is 0 or 1.

CREATE TABLE app_usage_ignore_rule_table (
    id TEXT NOT NULL, pattern TEXT NOT NULL, description TEXT NULL,
    created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL, PRIMARY KEY (id));
CREATE TABLE app_usage_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    name TEXT NOT NULL, display_name TEXT NULL, color TEXT NULL, device_name TEXT NULL, PRIMARY KEY (id));
CREATE TABLE app_usage_tag_rule_table (
    id TEXT NOT NULL, pattern TEXT NOT NULL, tag_id TEXT NOT NULL, description TEXT NULL,
    created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL, PRIMARY KEY (id));
CREATE TABLE app_usage_tag_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    app_usage_id TEXT NOT NULL, tag_id TEXT NOT NULL, tag_order INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id));
CREATE TABLE app_usage_time_record_table (
    id TEXT NOT NULL, app_usage_id TEXT NOT NULL, duration INTEGER NOT NULL, usage_date INTEGER NOT NULL,
    created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL, PRIMARY KEY (id));
CREATE TABLE habit_record_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    habit_id TEXT NOT NULL, occurred_at INTEGER NOT NULL, status INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id));
CREATE TABLE habit_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    name TEXT NOT NULL, description TEXT NOT NULL, estimated_time INTEGER NULL, archived_date INTEGER NULL,
    has_reminder INTEGER NOT NULL DEFAULT 0 CHECK ("has_reminder" IN (0, 1)), reminder_time TEXT NULL,
    reminder_days TEXT NOT NULL DEFAULT '',
    has_goal INTEGER NOT NULL DEFAULT 0 CHECK ("has_goal" IN (0, 1)),
    target_frequency INTEGER NOT NULL DEFAULT 1, period_days INTEGER NOT NULL DEFAULT 7, daily_target INTEGER NULL,
    "order" REAL NOT NULL DEFAULT 0.0, PRIMARY KEY (id));
CREATE TABLE habit_tag_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    habit_id TEXT NOT NULL, tag_id TEXT NOT NULL, tag_order INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id));
CREATE TABLE habit_time_record_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    habit_id TEXT NOT NULL REFERENCES habit_table (id) ON DELETE CASCADE, duration INTEGER NOT NULL,
    occurred_at INTEGER NULL, is_estimated INTEGER NOT NULL DEFAULT 0 CHECK ("is_estimated" IN (0, 1)), PRIMARY KEY (id));
CREATE TABLE note_table (
    id TEXT NOT NULL, title TEXT NOT NULL, content TEXT NULL, "order" REAL NOT NULL DEFAULT 0.0,
    created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL, PRIMARY KEY (id));
CREATE TABLE note_tag_table (
    id TEXT NOT NULL, note_id TEXT NOT NULL, tag_id TEXT NOT NULL, tag_order INTEGER NOT NULL DEFAULT 0,
    created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL, PRIMARY KEY (id));
CREATE TABLE setting_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    "key" TEXT NOT NULL, value TEXT NOT NULL, value_type INTEGER NOT NULL, PRIMARY KEY (id));
CREATE TABLE sync_device_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    from_ip TEXT NOT NULL, to_ip TEXT NOT NULL, from_device_id TEXT NOT NULL, to_device_id TEXT NOT NULL,
    name TEXT NULL, last_sync_date INTEGER NULL, PRIMARY KEY (id));
CREATE TABLE tag_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    name TEXT NOT NULL, color TEXT NULL, is_archived INTEGER NOT NULL DEFAULT 0 CHECK ("is_archived" IN (0, 1)),
    type INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id));
CREATE TABLE tag_tag_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    primary_tag_id TEXT NOT NULL, secondary_tag_id TEXT NOT NULL, PRIMARY KEY (id));
CREATE TABLE task_table (
    id TEXT NOT NULL, parent_task_id TEXT NULL, title TEXT NOT NULL, description TEXT NULL, priority INTEGER NULL,
    planned_date INTEGER NULL, deadline_date INTEGER NULL, estimated_time INTEGER NULL, completed_at INTEGER NULL,
    status_id TEXT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    "order" REAL NOT NULL DEFAULT 0.0,
    planned_date_reminder_time INTEGER NOT NULL DEFAULT 0, deadline_date_reminder_time INTEGER NOT NULL DEFAULT 0,
    planned_date_reminder_custom_offset INTEGER NULL, deadline_date_reminder_custom_offset INTEGER NULL,
    recurrence_type INTEGER NOT NULL DEFAULT 0, recurrence_interval INTEGER NULL, recurrence_days_string TEXT NULL,
    recurrence_start_date INTEGER NULL, recurrence_end_date INTEGER NULL, recurrence_count INTEGER NULL,
    recurrence_parent_id TEXT NULL, recurrence_configuration TEXT NULL, PRIMARY KEY (id));
CREATE TABLE task_status_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    name TEXT NOT NULL, color TEXT NULL, "order" REAL NOT NULL DEFAULT 0.0,
    is_built_in INTEGER NOT NULL DEFAULT 0 CHECK ("is_built_in" IN (0, 1)),
    is_done_status INTEGER NOT NULL DEFAULT 0 CHECK ("is_done_status" IN (0, 1)), PRIMARY KEY (id));
CREATE TABLE task_tag_table (
    id TEXT NOT NULL, created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL,
    task_id TEXT NOT NULL, tag_id TEXT NOT NULL, tag_order INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id));
CREATE TABLE task_time_record_table (
    id TEXT NOT NULL, task_id TEXT NOT NULL, duration INTEGER NOT NULL,
    created_date INTEGER NOT NULL, modified_date INTEGER NULL, deleted_date INTEGER NULL, PRIMARY KEY (id));

PRAGMA user_version = 35;
