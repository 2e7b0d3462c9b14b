/** Whether this build may run without an app behind it. */
declare const __FAKE__: boolean;
