// Crashes.
