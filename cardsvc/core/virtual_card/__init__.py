"""A complete virtual DESFire EV2: pure, its only input is APDUs and injected chance."""
