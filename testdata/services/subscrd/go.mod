module subscrd

go 1.24
