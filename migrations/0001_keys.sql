CREATE TABLE `package_signatures` (
	`id` text PRIMARY KEY NOT NULL,
	`package_id` text NOT NULL,
	`participant_id` text NOT NULL,
	`document_id` text NOT NULL,
	`file_id` text NOT NULL,
	`certificate` text NOT NULL,
	`revocation` text NOT NULL,
	`signed_at` text NOT NULL,
	FOREIGN KEY (`package_id`) REFERENCES `packages`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `package_signatures_package` ON `package_signatures` (`package_id`);--> statement-breakpoint
CREATE TABLE `trust_anchors` (
	`id` text PRIMARY KEY NOT NULL,
	`subject` text NOT NULL,
	`not_after` text NOT NULL,
	`thumbprint` text NOT NULL,
	`certificate` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `trust_anchors_thumbprint` ON `trust_anchors` (`thumbprint`);