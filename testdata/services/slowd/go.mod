module slowd

go 1.24
