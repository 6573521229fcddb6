// Start-up alone.
__attribute__((export_name("_start"))) void start(void) {}
