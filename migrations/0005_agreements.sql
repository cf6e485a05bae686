CREATE TABLE `agreement_files` (
	`id` text PRIMARY KEY NOT NULL,
	`agreement_id` integer NOT NULL,
	`org_id` integer NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`mime` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	`signatures` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`agreement_id`) REFERENCES `agreements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `agreement_files_agreement` ON `agreement_files` (`agreement_id`,`id`);--> statement-breakpoint
CREATE TABLE `agreement_history` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`agreement_id` integer NOT NULL,
	`org_id` integer NOT NULL,
	`version` integer NOT NULL,
	`status` text NOT NULL,
	`comment` text,
	`actor` text NOT NULL,
	`at` text NOT NULL,
	FOREIGN KEY (`agreement_id`) REFERENCES `agreements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agreement_history_version` ON `agreement_history` (`agreement_id`,`version`);--> statement-breakpoint
CREATE INDEX `agreement_history_org` ON `agreement_history` (`org_id`,`id`);--> statement-breakpoint
CREATE TABLE `agreements` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`org_id` integer NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`data` text NOT NULL,
	`identity` text,
	`comment` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`status_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agreements_org` ON `agreements` (`org_id`,`type`);--> statement-breakpoint
CREATE INDEX `agreements_status` ON `agreements` (`status`,`id`);--> statement-breakpoint
CREATE TABLE `data_keys` (
	`org_id` integer PRIMARY KEY NOT NULL,
	`kid` text NOT NULL,
	`dek` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `esia_logins` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`secret` text,
	`answer_hash` text,
	`expires_at` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `esia_logins_answer` ON `esia_logins` (`answer_hash`);--> statement-breakpoint
CREATE INDEX `esia_logins_age` ON `esia_logins` (`expires_at`);--> statement-breakpoint
CREATE TABLE `goskey_orders` (
	`id` text PRIMARY KEY NOT NULL,
	`agreement_id` integer NOT NULL,
	`org_id` integer NOT NULL,
	`status` text NOT NULL,
	`order_id` text,
	`sha256` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`finished_at` text,
	FOREIGN KEY (`agreement_id`) REFERENCES `agreements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `goskey_orders_open` ON `goskey_orders` (`agreement_id`) WHERE finished_at is null;