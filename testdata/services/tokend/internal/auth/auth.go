package auth

import (
	"context"
	"net/http"
	"strings"
	"sync"
)

type userKey struct{}

// Verifier is anything that knows whose token it is.
type Verifier interface {
	Verify(token string) (*Claims, error)
}

type Claims struct {
	Subject string
	Scopes  []string
	Raw     string
}

type cachingVerifier struct {
	mu    sync.RWMutex
	known map[string]*Claims
}

func NewVerifier() Verifier { return &cachingVerifier{known: make(map[string]*Claims)} }

func (v *cachingVerifier) Verify(token string) (*Claims, error) {
	v.mu.RLock()
	c, ok := v.known[token]
	v.mu.RUnlock()
	if ok {
		return c, nil
	}
	c = parse(token)
	v.mu.Lock()
	v.known[token] = c
	v.mu.Unlock()
	return c, nil
}

func parse(token string) *Claims {
	sub, _, _ := strings.Cut(token, ".")
	return &Claims{Subject: strings.Clone(sub), Scopes: strings.Fields(strings.Repeat("read:things ", 30)), Raw: strings.ToLower(token)}
}

func Middleware(v Verifier, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		c, err := v.Verify(token)
		if err != nil {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, c)))
	})
}

func User(r *http.Request) string { return r.Context().Value(userKey{}).(*Claims).Subject }
