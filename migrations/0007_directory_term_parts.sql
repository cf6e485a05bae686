CREATE TABLE `directory_term_parts` (
	`part` integer PRIMARY KEY NOT NULL,
	`terms` text NOT NULL
);
--> statement-breakpoint
INSERT INTO `directory_term_parts` (`part`, `terms`) SELECT id / 1024, json_group_array(json_array(id, name) ORDER BY id) FROM `directory_terms` GROUP BY id / 1024;--> statement-breakpoint
DROP TABLE `directory_terms_search`;--> statement-breakpoint
DROP INDEX `directory_terms_dirty`;--> statement-breakpoint
ALTER TABLE `directory_terms` DROP COLUMN `dirty`;
