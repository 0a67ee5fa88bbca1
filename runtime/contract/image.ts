/** Amazon Linux 2023 as this project uses it: where AWS tells its newest image, and which setting of a stack pins one. */

export const imageArchitectures = ["arm64", "x86_64"] as const;
export type ImageArchitecture = (typeof imageArchitectures)[number];

/** A setting for each architecture: an instance type of the other one then never gets an image that it cannot start. */
export const imageSettings: Readonly<Record<ImageArchitecture, string>> = { arm64: "imageArm64", x86_64: "imageX86" };

/** Public SSM parameter that holds the id of the newest image. */
export const imageParameter = (architecture: ImageArchitecture): string =>
  `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
