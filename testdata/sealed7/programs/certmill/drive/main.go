// Command drive is a fleet of devices that order short-lived certificates by ACME.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"fmt"
	"log"
	mrand "math/rand"
	"net/http"
	"time"

	"golang.org/x/crypto/acme"
)

var (
	dir = flag.String("dir", "https://127.0.0.1:14000/dir", "directory")
	dur = flag.Duration("for", 6*time.Minute, "how long")
)

func order(ctx context.Context, cl *acme.Client, key *ecdsa.PrivateKey, names ...string) error {
	o, err := cl.AuthorizeOrder(ctx, acme.DomainIDs(names...))
	if err != nil {
		return fmt.Errorf("order: %w", err)
	}
	for _, u := range o.AuthzURLs {
		z, err := cl.GetAuthorization(ctx, u)
		if err != nil {
			return err
		}
		if z.Status == acme.StatusValid {
			continue
		}
		for _, c := range z.Challenges {
			if c.Type == "http-01" {
				if _, err := cl.Accept(ctx, c); err != nil {
					return err
				}
			}
		}
		if _, err := cl.WaitAuthorization(ctx, u); err != nil {
			return err
		}
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: names[0]}, DNSNames: names}, key)
	if err != nil {
		return err
	}
	// this acme client loses the order's address when the answer is "processing", so the error is no news
	if _, _, err = cl.CreateOrderCert(ctx, o.FinalizeURL, csr, true); err == nil {
		return nil
	}
	if o, err = cl.WaitOrder(ctx, o.URI); err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	_, err = cl.FetchCert(ctx, o.CertURL, true)
	return err
}

func main() {
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *dur)
	defer cancel()
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 20}
	n := 0
	for d := 0; d < 12; d++ {
		ak, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		ck, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		cl := &acme.Client{Key: ak, HTTPClient: &http.Client{Transport: tr}, DirectoryURL: *dir}
		if _, err := cl.Register(ctx, &acme.Account{Contact: []string{"mailto:fleet@example.org"}}, acme.AcceptTOS); err != nil {
			log.Fatal("register: ", err)
		}
		go func() {
			for ctx.Err() == nil {
				c2, done := context.WithTimeout(ctx, 20*time.Second)
				id := mrand.Intn(90000)
				if err := order(c2, cl, ck, fmt.Sprintf("pump-%d-%05d.mill.example.org", d, id), fmt.Sprintf("local-%05d.mill.example.org", id)); err != nil && n < 10 {
					n++
					log.Print(err)
				}
				done()
				time.Sleep(time.Duration(300+mrand.Intn(2500)) * time.Millisecond)
			}
		}()
	}
	<-ctx.Done()
}
