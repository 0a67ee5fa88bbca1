/** `153600` → `150 KB` (1 KB = 1,024 bytes, as the limits are given). */
export declare const formatBytes: (bytes: number) => string;
