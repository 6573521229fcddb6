module mining

go 1.22
