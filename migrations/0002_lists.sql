DROP INDEX `api_keys_org`;--> statement-breakpoint
CREATE INDEX `api_keys_org` ON `api_keys` (`org_id`,`id`) WHERE revoked_at is null;--> statement-breakpoint
ALTER TABLE `contracts` ADD `generated_sha256` text;--> statement-breakpoint
CREATE INDEX `organizations_listed` ON `organizations` (`id`) WHERE deleted_at is null;--> statement-breakpoint
UPDATE `contracts` SET `generated_sha256` = (SELECT `sha256` FROM `files` WHERE `files`.`id` = `contracts`.`generated_file_id`) WHERE `generated_file_id` IS NOT NULL;
