ALTER TABLE `materials` ADD `unit_name` text;--> statement-breakpoint
ALTER TABLE `memberships` ADD `account_phone` text;--> statement-breakpoint
ALTER TABLE `memberships` ADD `account_position` text;--> statement-breakpoint
ALTER TABLE `memberships` ADD `account_avatar_id` text;--> statement-breakpoint
ALTER TABLE `work_types` ADD `unit` text;
--> statement-breakpoint
-- A material and a type of work are named with their unit, and a person with their phone, position and picture, wherever works name many of them: kept beside them, and changing with them.
UPDATE `materials` SET unit_name = (SELECT u.short_name FROM measurement_units u WHERE u.id = measurement_unit_id);
--> statement-breakpoint
CREATE TRIGGER `materials_unit_named` AFTER INSERT ON `materials`
BEGIN
  UPDATE materials SET unit_name = (SELECT u.short_name FROM measurement_units u WHERE u.id = NEW.measurement_unit_id) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `materials_unit_changed` AFTER UPDATE OF measurement_unit_id ON `materials`
WHEN NEW.measurement_unit_id <> OLD.measurement_unit_id
BEGIN
  UPDATE materials SET unit_name = (SELECT u.short_name FROM measurement_units u WHERE u.id = NEW.measurement_unit_id) WHERE id = NEW.id;
END;
--> statement-breakpoint
UPDATE `work_types` SET unit = (SELECT json_object('id', u.id, 'orgId', u.org_id, 'name', u.name, 'shortName', u.short_name, 'type', u.type, 'description', u.description,
    'isDefault', json(iif(u.is_default, 'true', 'false')), 'createdAt', u.created_at, 'updatedAt', u.updated_at)
  FROM measurement_units u WHERE u.id = measurement_unit_id);
--> statement-breakpoint
CREATE TRIGGER `work_types_unit_named` AFTER INSERT ON `work_types`
BEGIN
  UPDATE work_types SET unit = (SELECT json_object('id', u.id, 'orgId', u.org_id, 'name', u.name, 'shortName', u.short_name, 'type', u.type, 'description', u.description,
    'isDefault', json(iif(u.is_default, 'true', 'false')), 'createdAt', u.created_at, 'updatedAt', u.updated_at)
    FROM measurement_units u WHERE u.id = NEW.measurement_unit_id) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `work_types_unit_changed` AFTER UPDATE OF measurement_unit_id ON `work_types`
WHEN NEW.measurement_unit_id <> OLD.measurement_unit_id
BEGIN
  UPDATE work_types SET unit = (SELECT json_object('id', u.id, 'orgId', u.org_id, 'name', u.name, 'shortName', u.short_name, 'type', u.type, 'description', u.description,
    'isDefault', json(iif(u.is_default, 'true', 'false')), 'createdAt', u.created_at, 'updatedAt', u.updated_at)
    FROM measurement_units u WHERE u.id = NEW.measurement_unit_id) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `measurement_units_changed` AFTER UPDATE OF name, short_name, type, description, is_default, updated_at ON `measurement_units`
BEGIN
  UPDATE materials SET unit_name = NEW.short_name WHERE measurement_unit_id = NEW.id AND unit_name IS NOT NEW.short_name;
  UPDATE work_types SET unit = (SELECT json_object('id', u.id, 'orgId', u.org_id, 'name', u.name, 'shortName', u.short_name, 'type', u.type, 'description', u.description,
    'isDefault', json(iif(u.is_default, 'true', 'false')), 'createdAt', u.created_at, 'updatedAt', u.updated_at)
    FROM measurement_units u WHERE u.id = NEW.id) WHERE measurement_unit_id = NEW.id;
END;
--> statement-breakpoint
UPDATE `memberships` SET (name, email, account_phone, account_position, account_avatar_id) =
  (SELECT u.name, u.email, coalesce(u.phone, u.contact_phone), u.position, u.avatar_file_id FROM users u WHERE u.id = user_id);
--> statement-breakpoint
CREATE TRIGGER `memberships_of_account` AFTER INSERT ON `memberships`
BEGIN
  UPDATE memberships SET (account_phone, account_position, account_avatar_id) =
    (SELECT coalesce(u.phone, u.contact_phone), u.position, u.avatar_file_id FROM users u WHERE u.id = NEW.user_id) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `users_of_memberships` AFTER UPDATE OF name, email, phone, contact_phone, position, avatar_file_id ON `users`
BEGIN
  UPDATE memberships SET name = NEW.name, email = NEW.email, account_phone = coalesce(NEW.phone, NEW.contact_phone), account_position = NEW.position,
    account_avatar_id = NEW.avatar_file_id WHERE user_id = NEW.id;
END;
