module ringlogd

go 1.24
