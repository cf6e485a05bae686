CREATE TABLE `smart_actors` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`org_id` integer NOT NULL,
	`staff` text NOT NULL,
	`search` text NOT NULL,
	`created_at` text NOT NULL,
	`full_name` text NOT NULL,
	`role` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `smart_actors_id` ON `smart_actors` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `smart_actors_list` ON `smart_actors` (`org_id`,`seq`);--> statement-breakpoint
CREATE TABLE `smart_beneficiaries` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`org_id` integer NOT NULL,
	`staff` text NOT NULL,
	`search` text NOT NULL,
	`created_at` text NOT NULL,
	`beneficiary` text NOT NULL,
	`bank` text NOT NULL,
	`iban` text NOT NULL,
	`bic` text NOT NULL,
	`kbe` text NOT NULL,
	`knp` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `smart_beneficiaries_id` ON `smart_beneficiaries` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `smart_beneficiaries_list` ON `smart_beneficiaries` (`org_id`,`seq`);--> statement-breakpoint
CREATE TABLE `smart_documents` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`org_id` integer NOT NULL,
	`staff` text NOT NULL,
	`search` text NOT NULL,
	`created_at` text NOT NULL,
	`kind` text NOT NULL,
	`year` integer NOT NULL,
	`number` integer NOT NULL,
	`date` text NOT NULL,
	`buyer_bin` text NOT NULL,
	`buyer_name` text NOT NULL,
	`vat` integer NOT NULL,
	`total` integer NOT NULL,
	`snapshot` text NOT NULL,
	`file_id` text,
	`package_id` text,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`file_id`) REFERENCES `files`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `smart_documents_id` ON `smart_documents` (`org_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `smart_documents_number` ON `smart_documents` (`org_id`,`kind`,`year`,`number`);--> statement-breakpoint
CREATE INDEX `smart_documents_list` ON `smart_documents` (`org_id`,`seq`);--> statement-breakpoint
CREATE INDEX `smart_documents_package` ON `smart_documents` (`package_id`) WHERE package_id is not null;--> statement-breakpoint
CREATE TABLE `smart_numbers` (
	`org_id` integer NOT NULL,
	`kind` text NOT NULL,
	`year` integer NOT NULL,
	`last` integer NOT NULL,
	PRIMARY KEY(`org_id`, `kind`, `year`),
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `smart_products` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`org_id` integer NOT NULL,
	`staff` text NOT NULL,
	`search` text NOT NULL,
	`created_at` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`measure` text NOT NULL,
	`manufacturer` text NOT NULL,
	`image_file_id` text,
	`price` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`image_file_id`) REFERENCES `files`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `smart_products_id` ON `smart_products` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `smart_products_list` ON `smart_products` (`org_id`,`seq`);--> statement-breakpoint
CREATE TABLE `smart_works` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`org_id` integer NOT NULL,
	`staff` text NOT NULL,
	`search` text NOT NULL,
	`created_at` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`measure` text NOT NULL,
	`price` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `smart_works_id` ON `smart_works` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `smart_works_list` ON `smart_works` (`org_id`,`seq`);