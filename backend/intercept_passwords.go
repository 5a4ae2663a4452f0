package backend

import (
	"context"

	"github.com/cognito-import/importjob/userpool"
)

type interceptedPasswords struct {
	p userpool.Passwords
	interceptors
}

func (k interceptedPasswords) SetPassword(ctx context.Context, ref userpool.Ref, password string, permanent bool) error {
	return k.do(ctx, userpool.OpSetPassword, ref.UserPoolID, SetPasswordInput{Ref: ref, Password: password, Permanent: permanent},
		func(ctx context.Context) error { return k.p.SetPassword(ctx, ref, password, permanent) })
}

func (k interceptedPasswords) VerifyPassword(ctx context.Context, ref userpool.Ref, password string) (userpool.User, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpVerifyPassword, ref.UserPoolID, VerifyPasswordInput{Ref: ref, Password: password}),
		func(ctx context.Context) (userpool.User, error) { return k.p.VerifyPassword(ctx, ref, password) })
}

func (k interceptedPasswords) ForgotPassword(ctx context.Context, ref userpool.Ref) (userpool.Code, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpForgotPassword, ref.UserPoolID, ref),
		func(ctx context.Context) (userpool.Code, error) { return k.p.ForgotPassword(ctx, ref) })
}

func (k interceptedPasswords) ConfirmForgotPassword(ctx context.Context, ref userpool.Ref, code, password string) error {
	return k.do(ctx, userpool.OpConfirmForgotPassword, ref.UserPoolID, ConfirmForgotPasswordInput{Ref: ref, Code: code, Password: password},
		func(ctx context.Context) error { return k.p.ConfirmForgotPassword(ctx, ref, code, password) })
}

func (k interceptedPasswords) ResetPassword(ctx context.Context, ref userpool.Ref) (userpool.Code, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpResetPassword, ref.UserPoolID, ref),
		func(ctx context.Context) (userpool.Code, error) { return k.p.ResetPassword(ctx, ref) })
}

func (k interceptedPasswords) SRPVerifier(ctx context.Context, ref userpool.Ref) (userpool.SRPVerifier, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpSRPVerifier, ref.UserPoolID, ref),
		func(ctx context.Context) (userpool.SRPVerifier, error) { return k.p.SRPVerifier(ctx, ref) })
}
