-- Greenline for Neovim: copy this file to ~/.config/nvim/lsp/greenline.lua, then vim.lsp.enable('greenline').
-- See docs/neovim.md, also for Neovim 0.10. This file needs no other; with lua/greenline there are signs and more.

-- Greenline writes tests through an edit. Neovim applies it to a buffer and leaves that unsaved, so pytest would see
-- nothing: the files are written here, except those in which you have unsaved changes of your own.
local function files_of(edit)
  local uris = vim.tbl_keys(edit.changes or {})
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.textDocument then
      table.insert(uris, change.textDocument.uri)
    elseif change.kind == 'create' then
      table.insert(uris, change.uri)
    end
  end
  return uris
end

local function apply_and_write(err, params, ctx, config)
  local unsaved = {}
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    unsaved[vim.uri_from_bufnr(buffer)] = vim.bo[buffer].modified
  end
  local result = vim.lsp.handlers['workspace/applyEdit'](err, params, ctx, config)
  if not result.applied then
    return result
  end
  for _, uri in ipairs(files_of(params.edit)) do
    if not unsaved[uri] then
      local buffer = vim.uri_to_bufnr(uri)
      vim.bo[buffer].buflisted = true
      vim.fn.mkdir(vim.fs.dirname(vim.uri_to_fname(uri)), 'p')
      vim.api.nvim_buf_call(buffer, function()
        vim.cmd('silent update')
      end)
    end
  end
  return result
end

local config = {
  cmd = { 'greenline', 'lsp' },
  filetypes = { 'python' },
  root_markers = { 'pyproject.toml', 'setup.cfg', 'setup.py', 'tox.ini', 'pytest.ini', '.git' },
  handlers = { ['workspace/applyEdit'] = apply_and_write },
  -- The server's settings, for example: greenline = { explore = { seconds = 10 } }
  settings = { greenline = vim.empty_dict() },
}

-- Where lua/greenline is there too: signs beside the lines, the statusline, and what :Greenline shows of jobs.
local has_more, greenline = pcall(require, 'greenline')
if has_more and greenline.handlers then
  config.handlers = vim.tbl_extend('error', config.handlers, greenline.handlers)
  config.capabilities = vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), {
    experimental = { greenline = { drawsCoverage = true, tellsModelKey = true } },
  })
end

return config
