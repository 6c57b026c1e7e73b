module github.com/hooksig/hooksig/go/interop

go 1.26.0

require (
	github.com/99designs/httpsignatures-go v0.0.0-20170731043157-88528bf4ca7e
	github.com/drone/drone-go v1.7.1
	github.com/go-fed/httpsig v1.1.0
	github.com/hooksig/hooksig/go v0.1.0
)

require (
	github.com/stretchr/testify v1.12.1 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/hooksig/hooksig/go => ../
