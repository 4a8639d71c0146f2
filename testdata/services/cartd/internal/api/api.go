package api

import (
	"encoding/json"
	"net/http"

	"cartd/internal/cart"
)

type Server struct {
	*http.ServeMux
	carts *cart.Store
}

func New(carts *cart.Store) *Server {
	s := &Server{ServeMux: http.NewServeMux(), carts: carts}
	s.HandleFunc("POST /tenants/{tenant}/carts/{id}/items", s.addItem)
	s.HandleFunc("DELETE /tenants/{tenant}/carts/{id}", s.dropCart)
	return s
}

func (s *Server) addItem(w http.ResponseWriter, r *http.Request) {
	var it cart.Item
	if err := json.NewDecoder(r.Body).Decode(&it); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key := cart.Key{Tenant: r.PathValue("tenant"), ID: r.PathValue("id")}
	c := s.carts.GetOrCreate(key)
	c.Add(it)
	_ = json.NewEncoder(w).Encode(map[string]int{"items": c.Len()})
}

func (s *Server) dropCart(w http.ResponseWriter, r *http.Request) {
	s.carts.Delete(cart.Key{Tenant: r.PathValue("tenant"), ID: r.PathValue("id")})
}
