module statsd

go 1.24
