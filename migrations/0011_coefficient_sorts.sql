CREATE INDEX `rate_coefficients_coded` ON `rate_coefficients` (`org_id`,`code`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_type` ON `rate_coefficients` (`org_id`,`type`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_purpose` ON `rate_coefficients` (`org_id`,`applies_to`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_scope` ON `rate_coefficients` (`org_id`,`scope`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_by_active` ON `rate_coefficients` (`org_id`,`is_active`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_from` ON `rate_coefficients` (`org_id`,`valid_from`,`id`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `rate_coefficients_until` ON `rate_coefficients` (`org_id`,`valid_to`,`id`) WHERE deleted_at is null;