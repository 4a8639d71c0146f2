// A front for a service that is served without TLS: it asks for a name and a password, over TLS with a certificate
// of its own, which it writes to a file for clients to trust.
//
//	go run .ci/tls-front.go -listen 127.0.0.1:8443 -to http://127.0.0.1:6060 -user u -password p -ca ca.pem
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8443", "the `address` to serve on")
	to := flag.String("to", "http://127.0.0.1:6060", "the `URL` of the service")
	user := flag.String("user", "scraper", "the `name` to ask for")
	password := flag.String("password", "", "the `password` to ask for")
	ca := flag.String("ca", "ca.pem", "the `file` to write the certificate to")
	flag.Parse()

	target, err := url.Parse(*to)
	check(err)
	authority, certificate := newCertificates()
	check(os.WriteFile(*ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority}), 0o644))

	proxy := httputil.NewSingleHostReverseProxy(target)
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	server := &http.Server{
		Addr:      *listen,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, word, ok := r.BasicAuth()
			if !ok || !same(name, *user) || !same(word, *password) {
				w.Header().Set("WWW-Authenticate", `Basic realm="pprof"`)
				http.Error(w, "unauthorized", http.StatusUnauthorized)
				return
			}
			proxy.ServeHTTP(w, r)
		}),
	}
	log.Fatal(server.ListenAndServeTLS("", ""))
}

// newCertificates makes an authority and a certificate of it for loopback, both valid for a day.
func newCertificates() ([]byte, tls.Certificate) {
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: "pprof-leaks test authority"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	check(err)

	server := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano() + 1),
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    authority.NotBefore,
		NotAfter:     authority.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	serverKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	serverDER, err := x509.CreateCertificate(rand.Reader, server, authority, &serverKey.PublicKey, authorityKey)
	check(err)
	return authorityDER, tls.Certificate{Certificate: [][]byte{serverDER}, PrivateKey: serverKey}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
