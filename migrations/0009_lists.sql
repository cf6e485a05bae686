ALTER TABLE `materials` ADD `unit_name` text;
--> statement-breakpoint
ALTER TABLE `memberships` ADD `account_phone` text;
--> statement-breakpoint
ALTER TABLE `memberships` ADD `account_position` text;
--> statement-breakpoint
ALTER TABLE `memberships` ADD `account_avatar_id` text;
--> statement-breakpoint
ALTER TABLE `work_types` ADD `unit` text;
--> statement-breakpoint
CREATE INDEX `rate_coefficients_coded` ON `rate_coefficients` (`org_id`,`code`,`id`) WHERE deleted_at is null;
--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_type` ON `rate_coefficients` (`org_id`,`type`,`id`) WHERE deleted_at is null;
--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_purpose` ON `rate_coefficients` (`org_id`,`applies_to`,`id`) WHERE deleted_at is null;
--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_scope` ON `rate_coefficients` (`org_id`,`scope`,`id`) WHERE deleted_at is null;
--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_active` ON `rate_coefficients` (`org_id`,`is_active`,`id`) WHERE deleted_at is null;
--> statement-breakpoint
CREATE INDEX `rate_coefficients_from` ON `rate_coefficients` (`org_id`,`valid_from`,`id`) WHERE deleted_at is null;
--> statement-breakpoint
CREATE INDEX `rate_coefficients_until` ON `rate_coefficients` (`org_id`,`valid_to`,`id`) WHERE deleted_at is null;
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
-- Of one who joined from another organization, an organization knows what it has noted itself.
UPDATE `memberships` SET (name, email, account_phone, account_position, account_avatar_id) =
  (SELECT u.name, u.email, coalesce(u.phone, u.contact_phone), u.position, u.avatar_file_id FROM users u WHERE u.id = user_id) WHERE is_guest = 0;
--> statement-breakpoint
CREATE TRIGGER `memberships_of_account` AFTER INSERT ON `memberships`
WHEN NEW.is_guest = 0
BEGIN
  UPDATE memberships SET (account_phone, account_position, account_avatar_id) =
    (SELECT coalesce(u.phone, u.contact_phone), u.position, u.avatar_file_id FROM users u WHERE u.id = NEW.user_id) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `users_of_memberships` AFTER UPDATE OF name, email, phone, contact_phone, position, avatar_file_id ON `users`
BEGIN
  UPDATE memberships SET name = NEW.name, email = NEW.email, account_phone = coalesce(NEW.phone, NEW.contact_phone), account_position = NEW.position,
    account_avatar_id = NEW.avatar_file_id WHERE user_id = NEW.id AND is_guest = 0;
END;
--> statement-breakpoint
-- Counters of filters together: all of them are counted anew.
DROP TRIGGER IF EXISTS `list_counts_materials_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_materials_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_materials_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_work_types_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_work_types_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_work_types_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_suppliers_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_suppliers_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_suppliers_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_cost_categories_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_cost_categories_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_cost_categories_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_rate_coefficients_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_rate_coefficients_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_rate_coefficients_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_measurement_units_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_measurement_units_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_measurement_units_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_projects_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_projects_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_projects_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_contractors_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_contractors_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_contractors_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_project_contracts_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_project_contracts_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_project_contracts_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_contract_payments_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_contract_payments_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_contract_payments_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_supplementary_agreements_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_supplementary_agreements_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_supplementary_agreements_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_specifications_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_specifications_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_specifications_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_completed_works_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_completed_works_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_completed_works_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_hosted_works_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_hosted_works_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_hosted_works_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_work_log_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_work_log_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_work_log_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_performance_acts_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_performance_acts_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_performance_acts_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_material_movements_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_material_movements_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_material_movements_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_time_entries_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_time_entries_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_time_entries_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_advance_transactions_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_advance_transactions_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_advance_transactions_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_memberships_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_memberships_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_memberships_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_site_requests_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_site_requests_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_site_requests_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_report_files_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_report_files_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_report_files_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_report_templates_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_report_templates_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_report_templates_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_custom_reports_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_custom_reports_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_custom_reports_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_invitations_sent_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_invitations_sent_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_invitations_sent_gone`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_invitations_received_added`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_invitations_received_changed`;
--> statement-breakpoint
DROP TRIGGER IF EXISTS `list_counts_invitations_received_gone`;
--> statement-breakpoint
DELETE FROM list_counts;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'materials', '', count(*) FROM materials WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'materials', 'category=' || category, count(*) FROM materials WHERE deleted_at IS NULL AND 'category=' || category IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'materials', 'is_active=' || is_active, count(*) FROM materials WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'materials', 'category=' || category || '&' || 'is_active=' || is_active, count(*) FROM materials WHERE deleted_at IS NULL AND 'category=' || category || '&' || 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_materials_added` AFTER INSERT ON `materials`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'materials', column1, 1 FROM (VALUES (''), ('category=' || NEW.category), ('is_active=' || NEW.is_active), ('category=' || NEW.category || '&' || 'is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_materials_changed` AFTER UPDATE OF org_id, deleted_at, category, is_active ON `materials`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'materials', column1, -1 FROM (VALUES ('', ''), ('category=' || OLD.category, 'category=' || NEW.category), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active), ('category=' || OLD.category || '&' || 'is_active=' || OLD.is_active, 'category=' || NEW.category || '&' || 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'materials', column1, 1 FROM (VALUES ('', ''), ('category=' || NEW.category, 'category=' || OLD.category), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active), ('category=' || NEW.category || '&' || 'is_active=' || NEW.is_active, 'category=' || OLD.category || '&' || 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_materials_gone` AFTER DELETE ON `materials`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'materials', column1, -1 FROM (VALUES (''), ('category=' || OLD.category), ('is_active=' || OLD.is_active), ('category=' || OLD.category || '&' || 'is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_types', '', count(*) FROM work_types WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_types', 'category=' || category, count(*) FROM work_types WHERE deleted_at IS NULL AND 'category=' || category IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_types', 'is_active=' || is_active, count(*) FROM work_types WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_types', 'category=' || category || '&' || 'is_active=' || is_active, count(*) FROM work_types WHERE deleted_at IS NULL AND 'category=' || category || '&' || 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_types_added` AFTER INSERT ON `work_types`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_types', column1, 1 FROM (VALUES (''), ('category=' || NEW.category), ('is_active=' || NEW.is_active), ('category=' || NEW.category || '&' || 'is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_types_changed` AFTER UPDATE OF org_id, deleted_at, category, is_active ON `work_types`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_types', column1, -1 FROM (VALUES ('', ''), ('category=' || OLD.category, 'category=' || NEW.category), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active), ('category=' || OLD.category || '&' || 'is_active=' || OLD.is_active, 'category=' || NEW.category || '&' || 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_types', column1, 1 FROM (VALUES ('', ''), ('category=' || NEW.category, 'category=' || OLD.category), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active), ('category=' || NEW.category || '&' || 'is_active=' || NEW.is_active, 'category=' || OLD.category || '&' || 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_types_gone` AFTER DELETE ON `work_types`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_types', column1, -1 FROM (VALUES (''), ('category=' || OLD.category), ('is_active=' || OLD.is_active), ('category=' || OLD.category || '&' || 'is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'suppliers', '', count(*) FROM suppliers WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'suppliers', 'is_active=' || is_active, count(*) FROM suppliers WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_suppliers_added` AFTER INSERT ON `suppliers`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'suppliers', column1, 1 FROM (VALUES (''), ('is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_suppliers_changed` AFTER UPDATE OF org_id, deleted_at, is_active ON `suppliers`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'suppliers', column1, -1 FROM (VALUES ('', ''), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'suppliers', column1, 1 FROM (VALUES ('', ''), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_suppliers_gone` AFTER DELETE ON `suppliers`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'suppliers', column1, -1 FROM (VALUES (''), ('is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'cost_categories', '', count(*) FROM cost_categories WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'cost_categories', 'is_active=' || is_active, count(*) FROM cost_categories WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'cost_categories', 'parent_id=' || coalesce(parent_id, ''), count(*) FROM cost_categories WHERE deleted_at IS NULL AND 'parent_id=' || coalesce(parent_id, '') IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'cost_categories', 'is_active=' || is_active || '&' || 'parent_id=' || coalesce(parent_id, ''), count(*) FROM cost_categories WHERE deleted_at IS NULL AND 'is_active=' || is_active || '&' || 'parent_id=' || coalesce(parent_id, '') IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_cost_categories_added` AFTER INSERT ON `cost_categories`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'cost_categories', column1, 1 FROM (VALUES (''), ('is_active=' || NEW.is_active), ('parent_id=' || coalesce(NEW.parent_id, '')), ('is_active=' || NEW.is_active || '&' || 'parent_id=' || coalesce(NEW.parent_id, '')))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_cost_categories_changed` AFTER UPDATE OF org_id, deleted_at, is_active, parent_id ON `cost_categories`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'cost_categories', column1, -1 FROM (VALUES ('', ''), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active), ('parent_id=' || coalesce(OLD.parent_id, ''), 'parent_id=' || coalesce(NEW.parent_id, '')), ('is_active=' || OLD.is_active || '&' || 'parent_id=' || coalesce(OLD.parent_id, ''), 'is_active=' || NEW.is_active || '&' || 'parent_id=' || coalesce(NEW.parent_id, '')))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'cost_categories', column1, 1 FROM (VALUES ('', ''), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active), ('parent_id=' || coalesce(NEW.parent_id, ''), 'parent_id=' || coalesce(OLD.parent_id, '')), ('is_active=' || NEW.is_active || '&' || 'parent_id=' || coalesce(NEW.parent_id, ''), 'is_active=' || OLD.is_active || '&' || 'parent_id=' || coalesce(OLD.parent_id, '')))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_cost_categories_gone` AFTER DELETE ON `cost_categories`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'cost_categories', column1, -1 FROM (VALUES (''), ('is_active=' || OLD.is_active), ('parent_id=' || coalesce(OLD.parent_id, '')), ('is_active=' || OLD.is_active || '&' || 'parent_id=' || coalesce(OLD.parent_id, '')))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', '', count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'type=' || type, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'applies_to=' || applies_to, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'applies_to=' || applies_to IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'scope=' || scope, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'scope=' || scope IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'is_active=' || is_active, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'type=' || type || '&' || 'applies_to=' || applies_to, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'type=' || type || '&' || 'applies_to=' || applies_to IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'type=' || type || '&' || 'scope=' || scope, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'type=' || type || '&' || 'scope=' || scope IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'type=' || type || '&' || 'is_active=' || is_active, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'type=' || type || '&' || 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'applies_to=' || applies_to || '&' || 'scope=' || scope, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'applies_to=' || applies_to || '&' || 'scope=' || scope IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'applies_to=' || applies_to || '&' || 'is_active=' || is_active, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'applies_to=' || applies_to || '&' || 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'rate_coefficients', 'scope=' || scope || '&' || 'is_active=' || is_active, count(*) FROM rate_coefficients WHERE deleted_at IS NULL AND 'scope=' || scope || '&' || 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_rate_coefficients_added` AFTER INSERT ON `rate_coefficients`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'rate_coefficients', column1, 1 FROM (VALUES (''), ('type=' || NEW.type), ('applies_to=' || NEW.applies_to), ('scope=' || NEW.scope), ('is_active=' || NEW.is_active), ('type=' || NEW.type || '&' || 'applies_to=' || NEW.applies_to), ('type=' || NEW.type || '&' || 'scope=' || NEW.scope), ('type=' || NEW.type || '&' || 'is_active=' || NEW.is_active), ('applies_to=' || NEW.applies_to || '&' || 'scope=' || NEW.scope), ('applies_to=' || NEW.applies_to || '&' || 'is_active=' || NEW.is_active), ('scope=' || NEW.scope || '&' || 'is_active=' || NEW.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_rate_coefficients_changed` AFTER UPDATE OF org_id, deleted_at, type, applies_to, scope, is_active ON `rate_coefficients`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'rate_coefficients', column1, -1 FROM (VALUES ('', ''), ('type=' || OLD.type, 'type=' || NEW.type), ('applies_to=' || OLD.applies_to, 'applies_to=' || NEW.applies_to), ('scope=' || OLD.scope, 'scope=' || NEW.scope), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active), ('type=' || OLD.type || '&' || 'applies_to=' || OLD.applies_to, 'type=' || NEW.type || '&' || 'applies_to=' || NEW.applies_to), ('type=' || OLD.type || '&' || 'scope=' || OLD.scope, 'type=' || NEW.type || '&' || 'scope=' || NEW.scope), ('type=' || OLD.type || '&' || 'is_active=' || OLD.is_active, 'type=' || NEW.type || '&' || 'is_active=' || NEW.is_active), ('applies_to=' || OLD.applies_to || '&' || 'scope=' || OLD.scope, 'applies_to=' || NEW.applies_to || '&' || 'scope=' || NEW.scope), ('applies_to=' || OLD.applies_to || '&' || 'is_active=' || OLD.is_active, 'applies_to=' || NEW.applies_to || '&' || 'is_active=' || NEW.is_active), ('scope=' || OLD.scope || '&' || 'is_active=' || OLD.is_active, 'scope=' || NEW.scope || '&' || 'is_active=' || NEW.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'rate_coefficients', column1, 1 FROM (VALUES ('', ''), ('type=' || NEW.type, 'type=' || OLD.type), ('applies_to=' || NEW.applies_to, 'applies_to=' || OLD.applies_to), ('scope=' || NEW.scope, 'scope=' || OLD.scope), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active), ('type=' || NEW.type || '&' || 'applies_to=' || NEW.applies_to, 'type=' || OLD.type || '&' || 'applies_to=' || OLD.applies_to), ('type=' || NEW.type || '&' || 'scope=' || NEW.scope, 'type=' || OLD.type || '&' || 'scope=' || OLD.scope), ('type=' || NEW.type || '&' || 'is_active=' || NEW.is_active, 'type=' || OLD.type || '&' || 'is_active=' || OLD.is_active), ('applies_to=' || NEW.applies_to || '&' || 'scope=' || NEW.scope, 'applies_to=' || OLD.applies_to || '&' || 'scope=' || OLD.scope), ('applies_to=' || NEW.applies_to || '&' || 'is_active=' || NEW.is_active, 'applies_to=' || OLD.applies_to || '&' || 'is_active=' || OLD.is_active), ('scope=' || NEW.scope || '&' || 'is_active=' || NEW.is_active, 'scope=' || OLD.scope || '&' || 'is_active=' || OLD.is_active))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_rate_coefficients_gone` AFTER DELETE ON `rate_coefficients`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'rate_coefficients', column1, -1 FROM (VALUES (''), ('type=' || OLD.type), ('applies_to=' || OLD.applies_to), ('scope=' || OLD.scope), ('is_active=' || OLD.is_active), ('type=' || OLD.type || '&' || 'applies_to=' || OLD.applies_to), ('type=' || OLD.type || '&' || 'scope=' || OLD.scope), ('type=' || OLD.type || '&' || 'is_active=' || OLD.is_active), ('applies_to=' || OLD.applies_to || '&' || 'scope=' || OLD.scope), ('applies_to=' || OLD.applies_to || '&' || 'is_active=' || OLD.is_active), ('scope=' || OLD.scope || '&' || 'is_active=' || OLD.is_active))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'measurement_units', '', count(*) FROM measurement_units WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'measurement_units', 'type=' || type, count(*) FROM measurement_units WHERE deleted_at IS NULL AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_measurement_units_added` AFTER INSERT ON `measurement_units`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'measurement_units', column1, 1 FROM (VALUES (''), ('type=' || NEW.type))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_measurement_units_changed` AFTER UPDATE OF org_id, deleted_at, type ON `measurement_units`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'measurement_units', column1, -1 FROM (VALUES ('', ''), ('type=' || OLD.type, 'type=' || NEW.type))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'measurement_units', column1, 1 FROM (VALUES ('', ''), ('type=' || NEW.type, 'type=' || OLD.type))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_measurement_units_gone` AFTER DELETE ON `measurement_units`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'measurement_units', column1, -1 FROM (VALUES (''), ('type=' || OLD.type))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'projects', '', count(*) FROM projects WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'projects', 'status=' || status, count(*) FROM projects WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'projects', 'is_archived=' || is_archived, count(*) FROM projects WHERE deleted_at IS NULL AND 'is_archived=' || is_archived IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'projects', 'status=' || status || '&' || 'is_archived=' || is_archived, count(*) FROM projects WHERE deleted_at IS NULL AND 'status=' || status || '&' || 'is_archived=' || is_archived IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_projects_added` AFTER INSERT ON `projects`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'projects', column1, 1 FROM (VALUES (''), ('status=' || NEW.status), ('is_archived=' || NEW.is_archived), ('status=' || NEW.status || '&' || 'is_archived=' || NEW.is_archived))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_projects_changed` AFTER UPDATE OF org_id, deleted_at, status, is_archived ON `projects`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'projects', column1, -1 FROM (VALUES ('', ''), ('status=' || OLD.status, 'status=' || NEW.status), ('is_archived=' || OLD.is_archived, 'is_archived=' || NEW.is_archived), ('status=' || OLD.status || '&' || 'is_archived=' || OLD.is_archived, 'status=' || NEW.status || '&' || 'is_archived=' || NEW.is_archived))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'projects', column1, 1 FROM (VALUES ('', ''), ('status=' || NEW.status, 'status=' || OLD.status), ('is_archived=' || NEW.is_archived, 'is_archived=' || OLD.is_archived), ('status=' || NEW.status || '&' || 'is_archived=' || NEW.is_archived, 'status=' || OLD.status || '&' || 'is_archived=' || OLD.is_archived))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_projects_gone` AFTER DELETE ON `projects`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'projects', column1, -1 FROM (VALUES (''), ('status=' || OLD.status), ('is_archived=' || OLD.is_archived), ('status=' || OLD.status || '&' || 'is_archived=' || OLD.is_archived))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'contractors', '', count(*) FROM contractors WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contractors_added` AFTER INSERT ON `contractors`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contractors', column1, 1 FROM (VALUES (''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contractors_changed` AFTER UPDATE OF org_id, deleted_at ON `contractors`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contractors', column1, -1 FROM (VALUES ('', ''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contractors', column1, 1 FROM (VALUES ('', ''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contractors_gone` AFTER DELETE ON `contractors`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contractors', column1, -1 FROM (VALUES (''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', '', count(*) FROM project_contracts WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'contractor_id=' || contractor_id, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'contractor_id=' || contractor_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'project_id=' || project_id, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'status=' || status, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'work_type_category=' || work_type_category, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'work_type_category=' || work_type_category IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'project_contracts', 'status=' || status || '&' || 'work_type_category=' || work_type_category, count(*) FROM project_contracts WHERE deleted_at IS NULL AND 'status=' || status || '&' || 'work_type_category=' || work_type_category IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_project_contracts_added` AFTER INSERT ON `project_contracts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'project_contracts', column1, 1 FROM (VALUES (''), ('contractor_id=' || NEW.contractor_id), ('project_id=' || NEW.project_id), ('status=' || NEW.status), ('work_type_category=' || NEW.work_type_category), ('status=' || NEW.status || '&' || 'work_type_category=' || NEW.work_type_category))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_project_contracts_changed` AFTER UPDATE OF org_id, deleted_at, contractor_id, project_id, status, work_type_category ON `project_contracts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'project_contracts', column1, -1 FROM (VALUES ('', ''), ('contractor_id=' || OLD.contractor_id, 'contractor_id=' || NEW.contractor_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('status=' || OLD.status, 'status=' || NEW.status), ('work_type_category=' || OLD.work_type_category, 'work_type_category=' || NEW.work_type_category), ('status=' || OLD.status || '&' || 'work_type_category=' || OLD.work_type_category, 'status=' || NEW.status || '&' || 'work_type_category=' || NEW.work_type_category))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'project_contracts', column1, 1 FROM (VALUES ('', ''), ('contractor_id=' || NEW.contractor_id, 'contractor_id=' || OLD.contractor_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('status=' || NEW.status, 'status=' || OLD.status), ('work_type_category=' || NEW.work_type_category, 'work_type_category=' || OLD.work_type_category), ('status=' || NEW.status || '&' || 'work_type_category=' || NEW.work_type_category, 'status=' || OLD.status || '&' || 'work_type_category=' || OLD.work_type_category))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_project_contracts_gone` AFTER DELETE ON `project_contracts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'project_contracts', column1, -1 FROM (VALUES (''), ('contractor_id=' || OLD.contractor_id), ('project_id=' || OLD.project_id), ('status=' || OLD.status), ('work_type_category=' || OLD.work_type_category), ('status=' || OLD.status || '&' || 'work_type_category=' || OLD.work_type_category))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'contract_payments', '', count(*) FROM contract_payments WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'contract_payments', 'contract_id=' || contract_id, count(*) FROM contract_payments WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contract_payments_added` AFTER INSERT ON `contract_payments`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contract_payments', column1, 1 FROM (VALUES (''), ('contract_id=' || NEW.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contract_payments_changed` AFTER UPDATE OF org_id, deleted_at, contract_id ON `contract_payments`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contract_payments', column1, -1 FROM (VALUES ('', ''), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'contract_payments', column1, 1 FROM (VALUES ('', ''), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_contract_payments_gone` AFTER DELETE ON `contract_payments`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'contract_payments', column1, -1 FROM (VALUES (''), ('contract_id=' || OLD.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'supplementary_agreements', '', count(*) FROM supplementary_agreements WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'supplementary_agreements', 'contract_id=' || contract_id, count(*) FROM supplementary_agreements WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_supplementary_agreements_added` AFTER INSERT ON `supplementary_agreements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'supplementary_agreements', column1, 1 FROM (VALUES (''), ('contract_id=' || NEW.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_supplementary_agreements_changed` AFTER UPDATE OF org_id, deleted_at, contract_id ON `supplementary_agreements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'supplementary_agreements', column1, -1 FROM (VALUES ('', ''), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'supplementary_agreements', column1, 1 FROM (VALUES ('', ''), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_supplementary_agreements_gone` AFTER DELETE ON `supplementary_agreements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'supplementary_agreements', column1, -1 FROM (VALUES (''), ('contract_id=' || OLD.contract_id))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'specifications', '', count(*) FROM specifications WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_specifications_added` AFTER INSERT ON `specifications`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'specifications', column1, 1 FROM (VALUES (''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_specifications_changed` AFTER UPDATE OF org_id, deleted_at ON `specifications`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'specifications', column1, -1 FROM (VALUES ('', ''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'specifications', column1, 1 FROM (VALUES ('', ''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_specifications_gone` AFTER DELETE ON `specifications`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'specifications', column1, -1 FROM (VALUES (''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', '', count(*) FROM completed_works WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'project_id=' || project_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'contract_id=' || contract_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'work_type_id=' || work_type_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'work_type_id=' || work_type_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'user_id=' || user_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'contractor_id=' || contractor_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'contractor_id=' || contractor_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'completed_works', 'status=' || status, count(*) FROM completed_works WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_completed_works_added` AFTER INSERT ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'completed_works', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('contract_id=' || NEW.contract_id), ('work_type_id=' || NEW.work_type_id), ('user_id=' || NEW.user_id), ('contractor_id=' || NEW.contractor_id), ('status=' || NEW.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_completed_works_changed` AFTER UPDATE OF org_id, deleted_at, project_id, contract_id, work_type_id, user_id, contractor_id, status ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'completed_works', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id), ('work_type_id=' || OLD.work_type_id, 'work_type_id=' || NEW.work_type_id), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('contractor_id=' || OLD.contractor_id, 'contractor_id=' || NEW.contractor_id), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'completed_works', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id), ('work_type_id=' || NEW.work_type_id, 'work_type_id=' || OLD.work_type_id), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('contractor_id=' || NEW.contractor_id, 'contractor_id=' || OLD.contractor_id), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_completed_works_gone` AFTER DELETE ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'completed_works', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('contract_id=' || OLD.contract_id), ('work_type_id=' || OLD.work_type_id), ('user_id=' || OLD.user_id), ('contractor_id=' || OLD.contractor_id), ('status=' || OLD.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', '', count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id || '&' || 'status=' || status, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id || '&' || 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id || '&' || 'work_type_id=' || work_type_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id || '&' || 'work_type_id=' || work_type_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT host_org_id, 'hosted_works', 'project_id=' || project_id || '&' || 'org_id=' || org_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND host_org_id IS NOT NULL AND 'project_id=' || project_id || '&' || 'org_id=' || org_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_hosted_works_added` AFTER INSERT ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.host_org_id, 'hosted_works', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('project_id=' || NEW.project_id || '&' || 'status=' || NEW.status), ('project_id=' || NEW.project_id || '&' || 'work_type_id=' || NEW.work_type_id), ('project_id=' || NEW.project_id || '&' || 'org_id=' || NEW.org_id))
    WHERE NEW.deleted_at IS NULL AND NEW.host_org_id IS NOT NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_hosted_works_changed` AFTER UPDATE OF host_org_id, deleted_at, project_id, status, work_type_id, org_id ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.host_org_id, 'hosted_works', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('project_id=' || OLD.project_id || '&' || 'status=' || OLD.status, 'project_id=' || NEW.project_id || '&' || 'status=' || NEW.status), ('project_id=' || OLD.project_id || '&' || 'work_type_id=' || OLD.work_type_id, 'project_id=' || NEW.project_id || '&' || 'work_type_id=' || NEW.work_type_id), ('project_id=' || OLD.project_id || '&' || 'org_id=' || OLD.org_id, 'project_id=' || NEW.project_id || '&' || 'org_id=' || NEW.org_id))
    WHERE OLD.deleted_at IS NULL AND OLD.host_org_id IS NOT NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL AND NEW.host_org_id IS NOT NULL) OR NEW.host_org_id <> OLD.host_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.host_org_id, 'hosted_works', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('project_id=' || NEW.project_id || '&' || 'status=' || NEW.status, 'project_id=' || OLD.project_id || '&' || 'status=' || OLD.status), ('project_id=' || NEW.project_id || '&' || 'work_type_id=' || NEW.work_type_id, 'project_id=' || OLD.project_id || '&' || 'work_type_id=' || OLD.work_type_id), ('project_id=' || NEW.project_id || '&' || 'org_id=' || NEW.org_id, 'project_id=' || OLD.project_id || '&' || 'org_id=' || OLD.org_id))
    WHERE NEW.deleted_at IS NULL AND NEW.host_org_id IS NOT NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL AND OLD.host_org_id IS NOT NULL) OR OLD.host_org_id <> NEW.host_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_hosted_works_gone` AFTER DELETE ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.host_org_id, 'hosted_works', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('project_id=' || OLD.project_id || '&' || 'status=' || OLD.status), ('project_id=' || OLD.project_id || '&' || 'work_type_id=' || OLD.work_type_id), ('project_id=' || OLD.project_id || '&' || 'org_id=' || OLD.org_id))
    WHERE OLD.deleted_at IS NULL AND OLD.host_org_id IS NOT NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', '', count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', 'project_id=' || project_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', 'work_type_id=' || work_type_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND 'work_type_id=' || work_type_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'work_log', 'user_id=' || user_id, count(*) FROM completed_works WHERE deleted_at IS NULL AND status = 'confirmed' AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_log_added` AFTER INSERT ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_log', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('work_type_id=' || NEW.work_type_id), ('user_id=' || NEW.user_id))
    WHERE NEW.deleted_at IS NULL AND NEW.status = 'confirmed' AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_log_changed` AFTER UPDATE OF org_id, deleted_at, status, project_id, work_type_id, user_id ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_log', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('work_type_id=' || OLD.work_type_id, 'work_type_id=' || NEW.work_type_id), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id))
    WHERE OLD.deleted_at IS NULL AND OLD.status = 'confirmed' AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL AND NEW.status = 'confirmed') OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'work_log', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('work_type_id=' || NEW.work_type_id, 'work_type_id=' || OLD.work_type_id), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id))
    WHERE NEW.deleted_at IS NULL AND NEW.status = 'confirmed' AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL AND OLD.status = 'confirmed') OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_work_log_gone` AFTER DELETE ON `completed_works`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'work_log', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('work_type_id=' || OLD.work_type_id), ('user_id=' || OLD.user_id))
    WHERE OLD.deleted_at IS NULL AND OLD.status = 'confirmed' AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', '', count(*) FROM performance_acts WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'contract_id=' || contract_id, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'contract_id=' || contract_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'project_id=' || project_id, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'contractor_id=' || contractor_id, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'contractor_id=' || contractor_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'performance_acts', 'is_approved=' || is_approved, count(*) FROM performance_acts WHERE deleted_at IS NULL AND 'is_approved=' || is_approved IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_performance_acts_added` AFTER INSERT ON `performance_acts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'performance_acts', column1, 1 FROM (VALUES (''), ('contract_id=' || NEW.contract_id), ('project_id=' || NEW.project_id), ('contractor_id=' || NEW.contractor_id), ('is_approved=' || NEW.is_approved))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_performance_acts_changed` AFTER UPDATE OF org_id, deleted_at, contract_id, project_id, contractor_id, is_approved ON `performance_acts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'performance_acts', column1, -1 FROM (VALUES ('', ''), ('contract_id=' || OLD.contract_id, 'contract_id=' || NEW.contract_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('contractor_id=' || OLD.contractor_id, 'contractor_id=' || NEW.contractor_id), ('is_approved=' || OLD.is_approved, 'is_approved=' || NEW.is_approved))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'performance_acts', column1, 1 FROM (VALUES ('', ''), ('contract_id=' || NEW.contract_id, 'contract_id=' || OLD.contract_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('contractor_id=' || NEW.contractor_id, 'contractor_id=' || OLD.contractor_id), ('is_approved=' || NEW.is_approved, 'is_approved=' || OLD.is_approved))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_performance_acts_gone` AFTER DELETE ON `performance_acts`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'performance_acts', column1, -1 FROM (VALUES (''), ('contract_id=' || OLD.contract_id), ('project_id=' || OLD.project_id), ('contractor_id=' || OLD.contractor_id), ('is_approved=' || OLD.is_approved))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', '', count(*) FROM material_movements WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'project_id=' || project_id, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'material_id=' || material_id, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'material_id=' || material_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'user_id=' || user_id, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'material_movements', 'operation=' || operation, count(*) FROM material_movements WHERE deleted_at IS NULL AND 'operation=' || operation IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_material_movements_added` AFTER INSERT ON `material_movements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'material_movements', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('material_id=' || NEW.material_id), ('user_id=' || NEW.user_id), ('operation=' || NEW.operation))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_material_movements_changed` AFTER UPDATE OF org_id, deleted_at, project_id, material_id, user_id, operation ON `material_movements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'material_movements', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('material_id=' || OLD.material_id, 'material_id=' || NEW.material_id), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('operation=' || OLD.operation, 'operation=' || NEW.operation))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'material_movements', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('material_id=' || NEW.material_id, 'material_id=' || OLD.material_id), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('operation=' || NEW.operation, 'operation=' || OLD.operation))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_material_movements_gone` AFTER DELETE ON `material_movements`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'material_movements', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('material_id=' || OLD.material_id), ('user_id=' || OLD.user_id), ('operation=' || OLD.operation))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', '', count(*) FROM time_entries WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'user_id=' || user_id, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'project_id=' || project_id, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'status=' || status, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'is_billable=' || is_billable, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'is_billable=' || is_billable IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'time_entries', 'status=' || status || '&' || 'is_billable=' || is_billable, count(*) FROM time_entries WHERE deleted_at IS NULL AND 'status=' || status || '&' || 'is_billable=' || is_billable IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_time_entries_added` AFTER INSERT ON `time_entries`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'time_entries', column1, 1 FROM (VALUES (''), ('user_id=' || NEW.user_id), ('project_id=' || NEW.project_id), ('status=' || NEW.status), ('is_billable=' || NEW.is_billable), ('status=' || NEW.status || '&' || 'is_billable=' || NEW.is_billable))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_time_entries_changed` AFTER UPDATE OF org_id, deleted_at, user_id, project_id, status, is_billable ON `time_entries`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'time_entries', column1, -1 FROM (VALUES ('', ''), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('status=' || OLD.status, 'status=' || NEW.status), ('is_billable=' || OLD.is_billable, 'is_billable=' || NEW.is_billable), ('status=' || OLD.status || '&' || 'is_billable=' || OLD.is_billable, 'status=' || NEW.status || '&' || 'is_billable=' || NEW.is_billable))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'time_entries', column1, 1 FROM (VALUES ('', ''), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('status=' || NEW.status, 'status=' || OLD.status), ('is_billable=' || NEW.is_billable, 'is_billable=' || OLD.is_billable), ('status=' || NEW.status || '&' || 'is_billable=' || NEW.is_billable, 'status=' || OLD.status || '&' || 'is_billable=' || OLD.is_billable))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_time_entries_gone` AFTER DELETE ON `time_entries`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'time_entries', column1, -1 FROM (VALUES (''), ('user_id=' || OLD.user_id), ('project_id=' || OLD.project_id), ('status=' || OLD.status), ('is_billable=' || OLD.is_billable), ('status=' || OLD.status || '&' || 'is_billable=' || OLD.is_billable))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', '', count(*) FROM advance_transactions WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'user_id=' || user_id, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'user_id=' || user_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'project_id=' || project_id, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'type=' || type, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'status=' || status, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'advance_transactions', 'type=' || type || '&' || 'status=' || status, count(*) FROM advance_transactions WHERE deleted_at IS NULL AND 'type=' || type || '&' || 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_advance_transactions_added` AFTER INSERT ON `advance_transactions`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'advance_transactions', column1, 1 FROM (VALUES (''), ('user_id=' || NEW.user_id), ('project_id=' || NEW.project_id), ('type=' || NEW.type), ('status=' || NEW.status), ('type=' || NEW.type || '&' || 'status=' || NEW.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_advance_transactions_changed` AFTER UPDATE OF org_id, deleted_at, user_id, project_id, type, status ON `advance_transactions`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'advance_transactions', column1, -1 FROM (VALUES ('', ''), ('user_id=' || OLD.user_id, 'user_id=' || NEW.user_id), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('type=' || OLD.type, 'type=' || NEW.type), ('status=' || OLD.status, 'status=' || NEW.status), ('type=' || OLD.type || '&' || 'status=' || OLD.status, 'type=' || NEW.type || '&' || 'status=' || NEW.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'advance_transactions', column1, 1 FROM (VALUES ('', ''), ('user_id=' || NEW.user_id, 'user_id=' || OLD.user_id), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('type=' || NEW.type, 'type=' || OLD.type), ('status=' || NEW.status, 'status=' || OLD.status), ('type=' || NEW.type || '&' || 'status=' || NEW.status, 'type=' || OLD.type || '&' || 'status=' || OLD.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_advance_transactions_gone` AFTER DELETE ON `advance_transactions`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'advance_transactions', column1, -1 FROM (VALUES (''), ('user_id=' || OLD.user_id), ('project_id=' || OLD.project_id), ('type=' || OLD.type), ('status=' || OLD.status), ('type=' || OLD.type || '&' || 'status=' || OLD.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'memberships', '', count(*) FROM memberships WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'memberships', 'is_active=' || is_active, count(*) FROM memberships WHERE true AND 'is_active=' || is_active IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_memberships_added` AFTER INSERT ON `memberships`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'memberships', column1, 1 FROM (VALUES (''), ('is_active=' || NEW.is_active))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_memberships_changed` AFTER UPDATE OF org_id, is_active ON `memberships`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'memberships', column1, -1 FROM (VALUES ('', ''), ('is_active=' || OLD.is_active, 'is_active=' || NEW.is_active))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'memberships', column1, 1 FROM (VALUES ('', ''), ('is_active=' || NEW.is_active, 'is_active=' || OLD.is_active))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_memberships_gone` AFTER DELETE ON `memberships`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'memberships', column1, -1 FROM (VALUES (''), ('is_active=' || OLD.is_active))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', '', count(*) FROM site_requests WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', 'project_id=' || project_id, count(*) FROM site_requests WHERE deleted_at IS NULL AND 'project_id=' || project_id IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', 'kind=' || kind, count(*) FROM site_requests WHERE deleted_at IS NULL AND 'kind=' || kind IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', 'status=' || status, count(*) FROM site_requests WHERE deleted_at IS NULL AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'site_requests', 'kind=' || kind || '&' || 'status=' || status, count(*) FROM site_requests WHERE deleted_at IS NULL AND 'kind=' || kind || '&' || 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_site_requests_added` AFTER INSERT ON `site_requests`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'site_requests', column1, 1 FROM (VALUES (''), ('project_id=' || NEW.project_id), ('kind=' || NEW.kind), ('status=' || NEW.status), ('kind=' || NEW.kind || '&' || 'status=' || NEW.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_site_requests_changed` AFTER UPDATE OF org_id, deleted_at, project_id, kind, status ON `site_requests`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'site_requests', column1, -1 FROM (VALUES ('', ''), ('project_id=' || OLD.project_id, 'project_id=' || NEW.project_id), ('kind=' || OLD.kind, 'kind=' || NEW.kind), ('status=' || OLD.status, 'status=' || NEW.status), ('kind=' || OLD.kind || '&' || 'status=' || OLD.status, 'kind=' || NEW.kind || '&' || 'status=' || NEW.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'site_requests', column1, 1 FROM (VALUES ('', ''), ('project_id=' || NEW.project_id, 'project_id=' || OLD.project_id), ('kind=' || NEW.kind, 'kind=' || OLD.kind), ('status=' || NEW.status, 'status=' || OLD.status), ('kind=' || NEW.kind || '&' || 'status=' || NEW.status, 'kind=' || OLD.kind || '&' || 'status=' || OLD.status))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_site_requests_gone` AFTER DELETE ON `site_requests`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'site_requests', column1, -1 FROM (VALUES (''), ('project_id=' || OLD.project_id), ('kind=' || OLD.kind), ('status=' || OLD.status), ('kind=' || OLD.kind || '&' || 'status=' || OLD.status))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'report_files', '', count(*) FROM report_files WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'report_files', 'type=' || type, count(*) FROM report_files WHERE true AND 'type=' || type IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_files_added` AFTER INSERT ON `report_files`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_files', column1, 1 FROM (VALUES (''), ('type=' || NEW.type))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_files_changed` AFTER UPDATE OF org_id, type ON `report_files`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_files', column1, -1 FROM (VALUES ('', ''), ('type=' || OLD.type, 'type=' || NEW.type))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_files', column1, 1 FROM (VALUES ('', ''), ('type=' || NEW.type, 'type=' || OLD.type))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_files_gone` AFTER DELETE ON `report_files`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_files', column1, -1 FROM (VALUES (''), ('type=' || OLD.type))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'report_templates', '', count(*) FROM report_templates WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_templates_added` AFTER INSERT ON `report_templates`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_templates', column1, 1 FROM (VALUES (''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_templates_changed` AFTER UPDATE OF org_id, deleted_at ON `report_templates`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_templates', column1, -1 FROM (VALUES ('', ''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'report_templates', column1, 1 FROM (VALUES ('', ''))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_report_templates_gone` AFTER DELETE ON `report_templates`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'report_templates', column1, -1 FROM (VALUES (''))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', '', count(*) FROM custom_reports WHERE deleted_at IS NULL AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'report_category=' || report_category || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'report_category=' || report_category || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'user_id=' || user_id || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'user_id=' || user_id || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'user_id=' || user_id || '&' || 'report_category=' || report_category || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'user_id=' || user_id || '&' || 'report_category=' || report_category || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'user_id=' || user_id || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'user_id=' || user_id || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'report_category=' || report_category || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'report_category=' || report_category || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'custom_reports', 'user_id=' || user_id || '&' || 'report_category=' || report_category || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared, count(*) FROM custom_reports WHERE deleted_at IS NULL AND 'user_id=' || user_id || '&' || 'report_category=' || report_category || '&' || 'is_favorite=' || is_favorite || '&' || 'is_shared=' || is_shared IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_custom_reports_added` AFTER INSERT ON `custom_reports`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'custom_reports', column1, 1 FROM (VALUES (''), ('is_shared=' || NEW.is_shared), ('report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('report_category=' || NEW.report_category || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_custom_reports_changed` AFTER UPDATE OF org_id, deleted_at, is_shared, report_category, is_favorite, user_id ON `custom_reports`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'custom_reports', column1, -1 FROM (VALUES ('', ''), ('is_shared=' || OLD.is_shared, 'is_shared=' || NEW.is_shared), ('report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared, 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared, 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_shared=' || OLD.is_shared, 'user_id=' || NEW.user_id || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared, 'user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared, 'user_id=' || NEW.user_id || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('report_category=' || OLD.report_category || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared, 'report_category=' || NEW.report_category || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared), ('user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared, 'user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (NEW.deleted_at IS NULL) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'custom_reports', column1, 1 FROM (VALUES ('', ''), ('is_shared=' || NEW.is_shared, 'is_shared=' || OLD.is_shared), ('report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared, 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared, 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_shared=' || NEW.is_shared, 'user_id=' || OLD.user_id || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_shared=' || NEW.is_shared, 'user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || NEW.user_id || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared, 'user_id=' || OLD.user_id || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('report_category=' || NEW.report_category || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared, 'report_category=' || OLD.report_category || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || NEW.user_id || '&' || 'report_category=' || NEW.report_category || '&' || 'is_favorite=' || NEW.is_favorite || '&' || 'is_shared=' || NEW.is_shared, 'user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared))
    WHERE NEW.deleted_at IS NULL AND column1 IS NOT NULL AND (NOT (OLD.deleted_at IS NULL) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_custom_reports_gone` AFTER DELETE ON `custom_reports`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'custom_reports', column1, -1 FROM (VALUES (''), ('is_shared=' || OLD.is_shared), ('report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || OLD.user_id || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('report_category=' || OLD.report_category || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared), ('user_id=' || OLD.user_id || '&' || 'report_category=' || OLD.report_category || '&' || 'is_favorite=' || OLD.is_favorite || '&' || 'is_shared=' || OLD.is_shared))
    WHERE OLD.deleted_at IS NULL AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'invitations_sent', '', count(*) FROM contractor_invitations WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT org_id, 'invitations_sent', 'status=' || status, count(*) FROM contractor_invitations WHERE true AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_sent_added` AFTER INSERT ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'invitations_sent', column1, 1 FROM (VALUES (''), ('status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_sent_changed` AFTER UPDATE OF org_id, status ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'invitations_sent', column1, -1 FROM (VALUES ('', ''), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.org_id <> OLD.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.org_id, 'invitations_sent', column1, 1 FROM (VALUES ('', ''), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.org_id <> NEW.org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_sent_gone` AFTER DELETE ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.org_id, 'invitations_sent', column1, -1 FROM (VALUES (''), ('status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT invited_org_id, 'invitations_received', '', count(*) FROM contractor_invitations WHERE true AND '' IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
INSERT INTO list_counts (org_id, list, facet, n) SELECT invited_org_id, 'invitations_received', 'status=' || status, count(*) FROM contractor_invitations WHERE true AND 'status=' || status IS NOT NULL GROUP BY 1, 3;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_received_added` AFTER INSERT ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.invited_org_id, 'invitations_received', column1, 1 FROM (VALUES (''), ('status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_received_changed` AFTER UPDATE OF invited_org_id, status ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.invited_org_id, 'invitations_received', column1, -1 FROM (VALUES ('', ''), ('status=' || OLD.status, 'status=' || NEW.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR NEW.invited_org_id <> OLD.invited_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
  INSERT INTO list_counts (org_id, list, facet, n) SELECT NEW.invited_org_id, 'invitations_received', column1, 1 FROM (VALUES ('', ''), ('status=' || NEW.status, 'status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL AND (NOT (true) OR OLD.invited_org_id <> NEW.invited_org_id OR column1 IS NOT column2) ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (1);
END;
--> statement-breakpoint
CREATE TRIGGER `list_counts_invitations_received_gone` AFTER DELETE ON `contractor_invitations`
BEGIN
  INSERT INTO list_counts (org_id, list, facet, n) SELECT OLD.invited_org_id, 'invitations_received', column1, -1 FROM (VALUES (''), ('status=' || OLD.status))
    WHERE true AND column1 IS NOT NULL ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (-1);
END;
