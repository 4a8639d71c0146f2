module spoold

go 1.24
