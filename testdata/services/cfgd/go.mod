module cfgd

go 1.24
