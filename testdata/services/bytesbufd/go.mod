module bytesbufd

go 1.24
