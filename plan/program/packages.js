// Loaded before tsx: the SDK is plain JavaScript, and what tsx does to every file that it sees would double the time.
import "@pulumi/pulumi";
