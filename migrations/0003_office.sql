CREATE TABLE `office_clients` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`phone` text NOT NULL,
	`last_name` text NOT NULL,
	`first_name` text NOT NULL,
	`middle_name` text,
	`full_name` text NOT NULL,
	`search_name` text NOT NULL,
	`email` text,
	`iin` text,
	`inn` text,
	`snils` text,
	`birth_date` text,
	`status` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `office_clients_phone` ON `office_clients` (`org_id`,`phone`);--> statement-breakpoint
CREATE INDEX `office_clients_org` ON `office_clients` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `office_clients_login` ON `office_clients` (`phone`);--> statement-breakpoint
CREATE TABLE `office_companies` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` integer NOT NULL,
	`inn` text NOT NULL,
	`kpp` text DEFAULT '' NOT NULL,
	`name` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `office_companies_inn` ON `office_companies` (`org_id`,`inn`,`kpp`);--> statement-breakpoint
CREATE TABLE `office_employees` (
	`company_id` text NOT NULL,
	`client_id` text NOT NULL,
	`org_id` integer NOT NULL,
	`role` text NOT NULL,
	`position` text,
	`added_at` text NOT NULL,
	PRIMARY KEY(`company_id`, `client_id`),
	FOREIGN KEY (`company_id`) REFERENCES `office_companies`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`client_id`) REFERENCES `office_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `office_employees_client` ON `office_employees` (`client_id`);--> statement-breakpoint
CREATE TABLE `office_login_codes` (
	`client_id` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`code_hash` text NOT NULL,
	`sent_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`wrong` integer DEFAULT 0 NOT NULL,
	`used_at` text,
	FOREIGN KEY (`client_id`) REFERENCES `office_clients`(`id`) ON UPDATE no action ON DELETE no action
);
