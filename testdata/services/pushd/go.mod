module pushd

go 1.24
