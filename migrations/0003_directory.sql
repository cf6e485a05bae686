CREATE TABLE `directory_clients` (
	`id` integer PRIMARY KEY NOT NULL,
	`bin` text NOT NULL,
	`company_name` text NOT NULL,
	`alternative_name` text,
	`company_name_ex` text,
	`company_name_search` text,
	`director` text,
	`registration_date` text,
	`oked` text,
	`description` text,
	`secondary_oked` text,
	`krp_code` text,
	`kato` text,
	`address` text,
	`index_ex` text,
	`address_ex` text,
	`comment_to_adress_ex` text,
	`subway_or_bus_ex` text,
	`web_site_ex` text,
	`vk_ex` text,
	`twitter_ex` text,
	`facebook_ex` text,
	`instagram_ex` text,
	`seal_image` text,
	`krp_name` integer,
	`region_ex` integer,
	`locality_ex` integer,
	`district_ex` integer,
	`rubrics` text NOT NULL,
	`types` text NOT NULL,
	`label` text NOT NULL,
	`updated` text NOT NULL,
	`dirty` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `directory_clients_bin` ON `directory_clients` (`bin`);--> statement-breakpoint
CREATE INDEX `directory_clients_dirty` ON `directory_clients` (`id`) WHERE dirty is not null;--> statement-breakpoint
CREATE TABLE `directory_emails` (
	`id` integer PRIMARY KEY NOT NULL,
	`client_id` integer NOT NULL,
	`value` text NOT NULL,
	`key` text NOT NULL,
	`dirty` integer,
	FOREIGN KEY (`client_id`) REFERENCES `directory_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `directory_emails_key` ON `directory_emails` (`client_id`,`key`);--> statement-breakpoint
CREATE INDEX `directory_emails_dirty` ON `directory_emails` (`id`) WHERE dirty is not null;--> statement-breakpoint
CREATE TABLE `directory_feeds` (
	`name` text PRIMARY KEY NOT NULL,
	`tried_at` text NOT NULL,
	`read_at` text,
	`next_at` text NOT NULL,
	`error` text
);
--> statement-breakpoint
CREATE TABLE `directory_news` (
	`feed` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`image` text,
	`link` text NOT NULL,
	`source` text NOT NULL,
	`published_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `directory_phones` (
	`id` integer PRIMARY KEY NOT NULL,
	`client_id` integer NOT NULL,
	`value` text NOT NULL,
	`key` text NOT NULL,
	`dirty` integer,
	FOREIGN KEY (`client_id`) REFERENCES `directory_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `directory_phones_key` ON `directory_phones` (`client_id`,`key`);--> statement-breakpoint
CREATE INDEX `directory_phones_dirty` ON `directory_phones` (`id`) WHERE dirty is not null;--> statement-breakpoint
CREATE TABLE `directory_rates` (
	`source` text NOT NULL,
	`date` text NOT NULL,
	`currency` text NOT NULL,
	`rate` integer NOT NULL,
	PRIMARY KEY(`source`, `date`, `currency`)
);
--> statement-breakpoint
CREATE TABLE `directory_terms` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`parent_id` integer,
	`dirty` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `directory_terms_name` ON `directory_terms` (`kind`,`name`);--> statement-breakpoint
CREATE INDEX `directory_terms_dirty` ON `directory_terms` (`id`) WHERE dirty is not null;