// Package tokens knows brokers by the token that they bring.
package tokens

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/google/uuid"
)

type Claims struct {
	jwt.RegisteredClaims
	Broker string   `json:"broker"`
	May    []string `json:"may"`
}

type Keys struct {
	secret []byte
	valid  time.Duration
	parser *jwt.Parser
	house  string // the token of our own page
}

func New(secret []byte, valid time.Duration) *Keys {
	k := &Keys{secret: secret, valid: valid, parser: jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}))}
	t, err := k.sign("house", 24*time.Hour)
	if err != nil {
		panic(err)
	}
	k.house = t
	return k
}

func (k *Keys) sign(broker string, valid time.Duration) (string, error) {
	now := time.Now()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, &Claims{
		RegisteredClaims: jwt.RegisteredClaims{ID: uuid.NewString(), IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(valid))},
		Broker:           broker,
		May:              []string{"quote", "show"},
	}).SignedString(k.secret)
}

// Issue gives a broker a token.
func (k *Keys) Issue(w http.ResponseWriter, r *http.Request) {
	var in struct{ Broker string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&in); err != nil || in.Broker == "" {
		http.Error(w, "which broker?", http.StatusBadRequest)
		return
	}
	t, err := k.sign(in.Broker, k.valid)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(map[string]string{"token": t})
}

type brokerKey struct{}

// Require looks at the token of a call. Our own page brings none, and is the house.
func (k *Keys) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			raw = k.house
		}
		var c Claims
		if _, err := k.parser.ParseWithClaims(raw, &c, func(*jwt.Token) (any, error) { return k.secret, nil }); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), brokerKey{}, c.Broker)))
	})
}

// Broker says who calls.
func Broker(ctx context.Context) string {
	s, _ := ctx.Value(brokerKey{}).(string)
	return s
}
