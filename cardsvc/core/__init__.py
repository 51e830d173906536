"""The pure core: values in, values out; no clock, chance, environment, network, disk or database."""
